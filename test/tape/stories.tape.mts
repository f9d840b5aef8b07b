import { it } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import { type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { seedSite, type Settings } from '../support/simulator/index.mts';
import { newTape, passMinutes, startTape, Take } from './tape.mts';
import { happen, Life } from './verbs.mts';

/* Publishes, checks and recoveries. */

startTape();
useScenes();

type Story = [story: string, options?: SceneOptions];

const site = (settings: Partial<Settings>): SceneOptions => ({ site: settings });
const parameters = (given: IDataObject): SceneOptions => ({ parameters: given });
const option = (additionalOptions: IDataObject) => parameters({ additionalOptions });

const PUBLISHES: Story[] = [
	['publish republish unpublish publish'],
	['webhooksOfOthers publish unpublish'],
	['publish otherEvents republish'],
	['publish changedByHand eventRemovedByHand republish'],
	['publish secondWebhook republish secondWebhook unpublish'],
	['publish disabledByHand republish', site({ putClearsEvents: true })],
	['publish', parameters({ events: ['page_create', 'other'], additionalEvents: 'new_one' })],
	['publish', site({ webhooksFeature: false })],
	['expiredToken publish'],
	['readerToken publish'],
	['serverToken publish unpublish'],
	['publish', { credential: { signingSecret: '' } }],
	['publish created', site({ secretInEachResponse: true, signingSecret: 'whsec_named' })],
	['allEventsFail andAgain', site({ webhookUrlSpelling: 'hostInCapitals' })],
	['publish unpublish', site({ webhookUrlSpelling: 'elsewhere' })],
	['publish created edited', parameters({ filters: { excludeUsers: ['editor', 'nobody', '7'] } })],
	['publish created edited', parameters({ filters: { ignoreOwnChanges: true } })],
	['createFails andAgain'],
	['createIsLost andAgain'],
	['busyTwice andAgain'],
	['busy andAgain'],
	['signInPage andAgain'],
	['noXml andAgain'],
	['unreachable andAgain'],
	['eventFails andAgain'],
	['publish removalFails unpublish wellAgain unpublish'],
	['publish listen created endTest created'],
];

const CHECKS: Story[] = [
	['publish checks'],
	['checks'],
	['published deletedByHand checks'],
	[
		'published disabledByExpert checks disabledByExpert checks disabledByExpert checks anHour check',
	],
	['published disabledByHand checks enabledByHand fiveMinutes check'],
	['published eventRemovedByHand eventAddedByHand checks', parameters({ events: ['page_create'] })],
	['published changedByHand checks'],
	['published disabledByExpert checks deletedByHand checks', option({ repairWebhook: false })],
	['published unreachable checks wellAgain fiveMinutes checks'],
	['published refused checks wellAgain fiveMinutes checks'],
	['published expiredToken checks'],
	['published otherAddress restart checks'],
];

const RECOVERIES: Story[] = [
	['missedAndBack'],
	['missedAndBack', parameters({ pageDetails: true })],
	['missedAndBack', parameters({ events: ['pagecontent_update'] })],
	['missedAndBack', parameters({ events: ['page_delete'], simplify: false })],
	['missedAndBack', parameters({ filters: { pathPrefixes: ['new'], excludeUsers: ['admin'] } })],
	['missedAndBack', option({ recoverMissedChanges: false })],
	['published away back'],
	['published away thirtyPages back'],
	['published away newPage edit fiveMinutes checks away edit fiveMinutes checks'],
	['published away newPage back createdLate editedLate movedLate'],
	['published notStored newPage fiveMinutes checks'],
	['missed searchFails thenWell'],
	['missed searchIsBusy thenWell'],
	['missed archiveIsRefused thenWell'],
	['missed databaseDown thenWell'],
	['published keepStaticData away newPage back takeStaticDataBack back'],
	['published away import newPage back'],
	['published away newPage otherVersion republish fiveMinutes checks'],
	['published unpublish newPage anHour publish checks'],
];

for (const [name, stories] of Object.entries({ PUBLISHES, CHECKS, RECOVERIES })) {
	const file = newTape(name.toLowerCase());
	for (const [story, options] of stories) {
		const title = `${story} ${JSON.stringify(options ?? {})}`;
		it(title, async () => {
			const take = await Take.open(file, title, options);
			seedSite(take.scene.site.site);
			// The site is older than the workflow.
			await passMinutes(24 * 60);
			await happen(new Life(take), story);
		});
	}
}
