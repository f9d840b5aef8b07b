import type { IDataObject } from 'n8n-workflow';
import type { Page } from '../simulator/index.mts';
import { newDelivery, send, expectResponse } from './delivery.mts';
import { openScene, PATIENT, type Scene, type SceneOptions } from './scene.mts';

/* Shared by the tests of recovery. */

const events = ['page_create', 'pagecontent_update', 'page_delete'];
export const HOUR = 3_600_000;

/**
 * A workflow that was published some hours ago, by the clock of the site, and a site that has calmed down.
 * It has sent both events of a new page by then.
 */
export async function published(options: SceneOptions = {}, hoursAgo = 4): Promise<Scene> {
	const scene = await publishedUnseen(options, hoursAgo);
	const subject = { page: { id: 9999, path: 'Elsewhere/New' }, revision: 1 };
	const at = ago(scene, hoursAgo * 60);
	for (const type of ['page_create', 'pagecontent_update'])
		expectResponse(await send(scene, newDelivery(scene, { type, subject, at })), 200);
	await scene.host.idle();
	scene.host.executions.length = 0;
	scene.host.outputs.length = 0;
	return scene;
}

/** The same before the site has sent anything. */
export async function publishedUnseen({ parameters, site, ...rest }: SceneOptions = {}, hoursAgo = 4): Promise<Scene> {
	const scene = await openScene({
		parameters: { events, ...parameters },
		site: { retries: 0, autoDisableAfter: 1, ...PATIENT, ...site },
		...rest,
	});
	const { settings, site: pages } = scene.site;
	// A flat site would be searched without find.
	pages.createPage('Deep/Page');
	// The site is older than the workflow.
	for (const page of pages.pages.current) setDates(page, new Date(page.created.getTime() - (hoursAgo + 20) * HOUR));
	settings.clockSkewMs -= hoursAgo * HOUR;
	await scene.host.production.publish();
	settings.clockSkewMs += hoursAgo * HOUR;
	return scene;
}

export function setDates(page: Page, date: Date): void {
	Object.assign(page, { created: date, edited: date, modified: date });
	for (const revision of page.revisions) revision.date = date;
}

/** Some time ago, by the clock of the site. */
export function ago({ site }: Scene, minutes: number): Date {
	return new Date(Date.now() + site.settings.clockSkewMs - minutes * 60_000);
}

/** No deliveries are accepted meanwhile, so Expert disables the webhook in the end. */
export async function whileAway(scene: Scene, work: () => void): Promise<void> {
	scene.host.isAway = true;
	work();
	await scene.site.idle();
	scene.host.isAway = false;
}

/** The changes for which executions have begun, in their order: `page_create 12`, `pagecontent_update 12 4`. */
export function came({ host }: Scene): string[] {
	return host.items.map(nameOf);
}

/** Those that the trigger has passed on: the step of an execution leaves out what has run before. */
export function passedOn({ host }: Scene): string[] {
	return host.outputs.flat().map(nameOf);
}

/** E.g. `pagecontent_update 12 4`: a change of content has the number of its revision. */
export function nameOf({ eventType, page, recovered }: IDataObject): string {
	const { id, revision } = (page ?? {}) as { id?: string; revision?: number };
	const number = eventType === 'pagecontent_update' ? ` ${revision}` : '';
	return `${recovered === true ? '+ ' : ''}${eventType as string} ${id}${number}`;
}
