/* Worlds that once broke a rule, or that a person thought of, as their steps. */

export interface NamedWorld {
	/** What it shows, as a test title. */
	title: string;
	/** Draws the setup. */
	seed: number;
	/** As `--run` takes them. */
	steps: string;
	/** With a memory that it can fill. */
	isSmall?: true;
}

export const NAMED_WORLDS: NamedWorld[] = [
	{
		title:
			'a delivery that was told to retry is taken, however many newer ones have come meanwhile',
		...{ seed: 2, steps: 'burst:25023,brokenDatabase:91971,hour:96555', isSmall: true },
	},
	{
		title:
			'polling brings nothing of a time in which it was disabled, if the site is silent when it is enabled',
		...{ seed: 1, steps: 'siteSilent:55412,disable:59209' },
	},
	{
		title:
			'a delivery with the token before the last one may be refused, and its change is recovered',
		seed: 9,
		steps:
			'slowBody:18304,lose:22087,lose:52688,deeds:32960,minutes:50891,deeds:17302,renewToken:58983,kill:5150',
	},
	{
		title: 'an update of the package while n8n saves deliveries repeats those alone',
		...{ seed: 38, steps: 'slowDatabase:84906,hold:43543,update:94827' },
	},
	{
		title: 'a webhook that was lost after an update of the package is whole once n8n is restarted',
		...{ seed: 38, steps: 'slowDatabase:84906,update:43872,hold:43543,deeds:11629' },
	},
];
