import { type IDataObject, type IExecuteFunctions, sleep } from 'n8n-workflow';

import { compact } from '../../api/elements';
import { tagKey } from '../../api/page-fields';
import { isWantedLanguage, isWantedPath } from '../../event/filters';
import { canRunLater } from '../../n8n/run-later';
import type { PageParameters } from '../parameters';
import { PAGE_LOOKUP_BUDGET_MS, lookUpPages } from './page-lookup';
import { goesOn, type StepItem } from './step-item';
import type { FirstPublications } from './first-publications';
import type { Site } from './site';
import { lookUpUserNames } from './user-names';

interface Rules {
	site: Site;
	parameters: PageParameters;
	publications: FirstPublications;
}

/** Asks the site for what an option, or "Page Published (First Time)", needs to know. */
export async function askSite(context: IExecuteFunctions, items: StepItem[], rules: Rules): Promise<void> {
	const { addDetails: isForDetails, skipDrafts } = rules.parameters;
	// Skip items without a page to ask about, so that they wait for nothing.
	const ofPages = items.filter((each) => goesOn(each) && each.query !== undefined);
	const isForAll = isForDetails || skipDrafts || needsWholePage(rules.parameters);
	const asked = ofPages.filter((each) => isForAll || rules.publications.isAbout(each));
	await Promise.all([
		askPersistently(context, asked, items.length - asked.length, rules),
		isForDetails ? lookUpUserNames(rules.site, ofPages, PAGE_LOOKUP_BUDGET_MS) : undefined,
	]);
}

/** Pauses before each retry for a page that decides, as the site may be away for a moment or slow in a burst. */
const RETRY_PAUSES_MS = [1_000, 3_000, 9_000];

/**
 * Retries as long as nothing can be decided without the site. As soon as some items can go on, the rest stays
 * undecided.
 *
 * @param others number of items in the execution that do not ask
 */
async function askPersistently(
	context: IExecuteFunctions,
	asked: StepItem[],
	others: number,
	{ site, parameters, publications }: Rules,
): Promise<void> {
	const needsWhole = needsWholePage(parameters);
	await lookUpPages(site, asked, needsWhole);
	for (const pauseMs of RETRY_PAUSES_MS) {
		const open = asked.filter((each) => publications.needsToAskAgain(each));
		if (open.length === 0) return;
		const isSomeDecided = others > 0 || open.length < asked.length;
		if (isSomeDecided && canRunLater(context)) return open.forEach((each) => publications.siteCannotTell(each));
		await sleep(pauseMs);
		await lookUpPages(site, open, needsWhole);
	}
}

/** Whether tags or language decide. The archive of deleted pages has neither. */
function needsWholePage({ tags, languages }: PageParameters): boolean {
	return tags.length > 0 || languages.length > 0;
}

/** Leaves out the events of unwanted pages. Each option judges only what is known. */
export function leaveOutByOptions(items: StepItem[], parameters: PageParameters): void {
	for (const item of items) {
		const option = leavingOption(item, parameters);
		if (option !== undefined) item.leaveOut(option);
	}
}

function leavingOption(
	{ page, named }: StepItem,
	{ skipDrafts, tags, languages, pathPrefixes }: PageParameters,
): string | undefined {
	if (page === undefined) return undefined;
	if (skipDrafts && page.draftState === 'unpublished') return 'Skip Drafts';
	if (!hasOneOf(page.tags, tags)) return 'Page Tags';
	const { language } = page;
	if (typeof language === 'string' && !isWantedLanguage(language, languages)) return 'Languages';
	const isElsewhere = typeof page.path === 'string' && !isWantedPath(page.path, pathPrefixes);
	// A path in the event has been judged on arrival.
	return named?.path === undefined && isElsewhere ? 'Page Paths' : undefined;
}

/** @param tags the tags of the page, if known */
function hasOneOf(tags: unknown, wanted: string[]): boolean {
	if (!Array.isArray(tags) || wanted.length === 0) return true;
	const keys = new Set((tags as string[]).map(tagKey));
	return wanted.some((tag) => keys.has(tagKey(tag)));
}

export function addDetails(items: StepItem[]): void {
	for (const { event, page, restriction, userNames, added } of items) {
		added.page = page;
		added.restriction = restriction;
		const { name } = userNames ?? {};
		added.user = name ? { ...(event.user as IDataObject), name } : deleter(event, page);
	}
}

/** The user who deleted a page, if the event names nobody. */
function deleter({ event, user }: IDataObject, page: IDataObject | undefined): IDataObject | undefined {
	const deletedBy = page?.deletedBy as IDataObject | undefined;
	// An event that is not simplified has its user inside.
	if (event !== undefined || user !== undefined || deletedBy === undefined) return undefined;
	return compact({ id: deletedBy.id, name: deletedBy.name });
}
