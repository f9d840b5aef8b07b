import type { FaultEffect } from '../../support/simulator/index.mts';
import type { Step } from '../play.mts';

/* Of what stories are made. */

export const create =
	(...paths: string[]): Step =>
	({ site }) =>
		paths.map((path) => site.createPage(path, { html: 'Text' }));
export const edit =
	(...paths: string[]): Step =>
	({ site }) =>
		paths.map((path) => site.editPage(path));
export const remove =
	(path: string): Step =>
	({ site }) =>
		site.deletePage(path, { recursive: true });
/** Edits of one page, a second apart, the last one now. */
export const editOften =
	(path: string, count: number): Step =>
	({ site }) => {
		for (let left = count - 1; left >= 0; left--)
			site.editPage(path, { at: new Date(Date.now() - left * 1000), html: `${left}` });
	};
export const createDraft =
	(path: string): Step =>
	({ site }) =>
		site.createDraft(path, { html: 'Text' });
export const publishDraft =
	(path: string): Step =>
	({ site }) =>
		site.publishDraft(path);

export const pass =
	(minutes: number): Step =>
	async (play) =>
		await play.pass(minutes);
/** Deliveries of this do not get through. */
export const lose =
	(...steps: Step[]): Step =>
	async (play) =>
		await play.lose(steps);
/** Expert sends no event of it. */
export const silently =
	(...steps: Step[]): Step =>
	async (play) =>
		await play.silently(steps);
/** Expert holds back its deliveries. */
export const hold: Step = ({ simulator }) => simulator.pauseDeliveries();
export const letGo: Step = ({ simulator }) => simulator.resumeDeliveries();
/** While n8n is away, which it is for so many minutes more. */
export const away =
	(step: Step, minutes = 30): Step =>
	async (play) =>
		await play.away(step, minutes);
/** Between two polls, or while n8n is away. */
export const missed =
	(step: Step, minutes = 30): Step =>
	async (play) =>
		await play.missed(step, minutes);
/** n8n saves static data, and no execution. */
export const unsaved =
	(...steps: Step[]): Step =>
	async (play) =>
		await play.unsaved(steps);
export const fault =
	(effect: FaultEffect, path?: string | RegExp, more: object = {}): Step =>
	({ simulator }) =>
		simulator.faults.add({ match: { ...(path !== undefined && { path }), ...more }, effect });
export const mend: Step = ({ simulator, n8n: { database } }) => {
	simulator.faults.clear();
	database.recover();
};
export const restart: Step = async (play) => await play.restart();
export const update: Step = ({ n8n }) => n8n.update();
export const deliverLost: Step = async (play) => await play.deliverLost();
/** Another version of the workflow is published. @param between n8n serves neither of them */
export const publish =
	(parameters: object = {}, between: Step = () => {}): Step =>
	async (play) =>
		await play.publish((row) => {
			void between(play);
			Object.assign(row.node.parameters, parameters);
		});
export const disable: Step = async (play) => await play.publish((row) => (row.isDisabled = true));
export const enable: Step = async (play) => await play.publish((row) => (row.isDisabled = false));
export const unpublish: Step = async (play) => await play.passUntil(play.n8n.unpublish(play.row));
export const publishAgain: Step = async (play) => await play.passUntil(play.n8n.publish(play.row));
/** n8n publishes the workflow when it starts, as it was killed while it did that. @param atOnce happens meanwhile */
export const startAsUpdate =
	(atOnce: Step = () => {}): Step =>
	async (play) => {
		await play.passUntil(play.n8n.stop());
		play.row.isPending = true;
		play.n8n.start();
		await atOnce(play);
		await play.pass(30);
	};
/** Meanwhile somebody else puts back the static data of before. */
export const puttingBack =
	(...steps: Step[]): Step =>
	async (play) => {
		const { staticData } = play.row;
		for (const step of steps) await step(play);
		play.row.staticData = staticData;
	};
/** The credential gets the URL of another site, where pages have the same numbers. */
export const moveSite: Step = ({ n8n: { database } }) =>
	(database.credential = { ...database.credential, siteUrl: 'https://other.mindtouch.us' });
/** A person does. */
export const disableWebhook: Step = ({ simulator }) => simulator.disableWebhook(simulator.webhooks()[0]!.id);
export const enableWebhook: Step = ({ simulator }) => simulator.enableWebhook(simulator.webhooks()[0]!.id);
/** How many lines of n8n's log contain this. */
export const countLines =
	(text: string): Step =>
	(play) =>
		play.note(`${text}: ${play.countLines(text)}`);
/** How many items have come until now. */
export const countCame: Step = (play) => play.note(`${play.came.length} have come`);

export const CREATED = { events: ['page_create'] };
export const EDITED = { events: ['pagecontent_update'] };
export const BOTH_EVENTS = { events: ['page_create', 'pagecontent_update'] };
export const edits = (path: string, from: number, to: number): string[] =>
	Array.from({ length: to - from + 1 }, (_, index) => `pagecontent_update ${path} ${from + index}`);
export const EMPTY = {
	status: 200,
	body: { raw: '<pages count="0" totalcount="0"/>', contentType: 'application/xml' },
} satisfies FaultEffect;
