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
		title: 'a delivery that was told to retry is taken, however many newer ones have come meanwhile',
		...{ seed: 2, steps: 'burst:25023,brokenDatabase:91971,hour:96555', isSmall: true },
	},
	{
		title: 'polling brings nothing of a time in which it was disabled, if the site is silent when it is enabled',
		...{ seed: 1, steps: 'siteSilent:55412,disable:59209' },
	},
	{
		title: 'polling brings nothing of a time in which it was disabled, if it was published seconds before',
		...{ seed: 500_555, steps: 'rename:18728,disable:48313' },
	},
	{
		title: 'polling brings nothing of the time since its last poll that succeeded, if it is disabled then',
		seed: 115,
		steps: 'deeds:48068,minutes:80789,siteBusy:79003,minutes:80392,minutes:95924,disable:74096',
	},
	{
		title: "polling brings what was deleted while the token was refused, and then was not an admin's",
		seed: 900_052,
		steps: 'deeds:29867,deeds:29398,tokenExpired:37847,roleLost:76644',
	},
	{
		title: 'polling brings what was deleted before its token lost the Admin role twice, if it is disabled later',
		seed: 1521195798,
		steps:
			'disable:95038,deeds:28617,deeds:56794,roleLost:38937,hour:69077,minutes:6900,minutes:7211,roleLost:16814,minutes:69519,disable:53797',
	},
	{
		title: 'polling begins anew if its node is renamed after an update of the package and before a poll',
		...{ seed: 8, steps: 'update:61461,siteBusy:31270,rename:23236' },
	},
	{
		title: 'polling begins anew if n8n starts with static data from before its node was renamed',
		...{ seed: 1090, steps: 'putBack:25666,rename:22120,deeds:82779,putBack:81971' },
	},
	{
		title: 'polling brings nothing of a page that its last poll was not shown, if it is disabled then',
		seed: 1134,
		steps: 'deeds:71744,notYetThere:83904,deeds:74739,minutes:13151,disable:57725',
	},
	{
		title: 'a webhook that Expert has disabled again and again stays disabled for some minutes',
		...{ seed: 1070, steps: 'absence:4238,deeds:8069,deeds:41438,disabledByExpert:20738' },
	},
	{
		title: 'a delivery with the token before the last one may be refused, and its change is recovered',
		seed: 9,
		steps: 'slowBody:18304,lose:22087,lose:52688,deeds:32960,minutes:50891,deeds:17302,renewToken:58983,kill:5150',
	},
	{
		title: 'an update of the package while n8n saves deliveries repeats those alone',
		...{ seed: 38, steps: 'slowDatabase:84906,hold:43543,update:94827' },
	},
	{
		title: 'a webhook that was lost after an update of the package is whole once n8n is restarted',
		...{ seed: 38, steps: 'slowDatabase:84906,update:43872,hold:43543,deeds:11629' },
	},
	{
		title: 'what Expert had not delivered when a person disabled the webhook may stay away, however old it is',
		seed: 7000234,
		steps:
			'deeds:72057,disabledByExpert:37291,deeds:70143,notAllowedYet:86355,absence:32912,deeds:26554,disabledByPerson:79909',
	},
];
