import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { DAY_MS } from '../../durations';
import { type ApiClient, type ExpertClient, LARGE_RESPONSES } from '../../api/client';
import { apiTime, siteTime } from '../../api/elements';
import { undefinedIfNotFound } from '../../api/expert-error';
import { connect } from '../../api/http';
import { showHint } from '../../api/node-error';
import { findChangedPages, firstArchivedPages, listRevisionsSince, WHOLE_SITE } from '../../api/pages';
import { textOf, type XmlElement } from '../../api/xml';
import type { ChangeKind } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { deletion, idOfPage, polledItem, type SiteChange } from '../changes/site-change';
import { changesOfPage, missedBySearch } from '../changes/period-search';
import { wantedBy } from '../state/wanted-changes';
import { readParametersInStep } from '../parameters';
import { checkSettings, settingsOf } from './settings';

/** How far back to look for a page, one after the other. */
const PERIODS_MS = [DAY_MS, 30 * DAY_MS, Infinity];
/** Pages to read of each period. Each costs a call. */
const MAX_READ_PAGES = 3;
const TEST_EVENT_BUDGET_MS = 30_000;

interface WantedNewest {
	kinds: ReadonlySet<ChangeKind>;
	wants: (event: ExpertEvent) => boolean;
}

/**
 * Returns the item of the newest change, for "Fetch Test Event". Where more pages have changed within a day than the
 * site lists, it is of one of those listed.
 */
export async function testItems(context: IExecuteFunctions): Promise<IDataObject[]> {
	const settings = await settingsOf(context, readParametersInStep(context));
	const { credential, parameters, site, kinds } = settings;
	const api = connect(context, credential, { budgetMs: TEST_EVENT_BUDGET_MS, limits: LARGE_RESPONSES });
	await checkSettings(context, api, settings);
	const missed = await missedBySearch(api, site, kinds);
	if (missed !== undefined) showHint(context, missed);
	const wanted = { kinds, wants: wantedBy(context, parameters, credential) };
	const changes = [...(await newestOfPages(api, wanted)), ...(await deletions(api, wanted))];
	return newestOf(changes).map((change) => polledItem(site, change, parameters));
}

/** The newest change of a page, if there is one. */
async function newestOfPages(api: ExpertClient, wanted: WantedNewest): Promise<SiteChange[]> {
	if (!wanted.kinds.has('created') && !wanted.kinds.has('edited')) return [];
	const now = api.siteNow;
	for (const periodMs of PERIODS_MS) {
		const since = Math.max(0, now - periodMs);
		const { pages } = await findChangedPages(api, { ...WHOLE_SITE, since: apiTime(since) });
		const changes: SiteChange[] = [];
		for (const { page, at } of lastChanged(pages, wanted, since)) {
			if (changes.some((change) => change.at >= at)) break;
			changes.push(...(await changesSince(api, page, wanted, since)));
		}
		if (changes.length > 0) return newestOf(changes);
	}
	return [];
}

function newestOf(changes: SiteChange[]): SiteChange[] {
	return changes.sort((a, b) => b.at - a.at).slice(0, 1);
}

/** Newest first. */
function lastChanged(pages: XmlElement[], { kinds, wants }: WantedNewest, since: number) {
	const date = kinds.has('edited') ? 'date.modified' : 'date.created';
	const dated = pages.map((page) => ({ page, at: siteTime(textOf(page, date)) ?? 0 }));
	const hits = dated.filter(({ page, at }) => at >= since && wants({ type: undefined, xml: { page } }));
	return hits.sort((a, b) => b.at - a.at).slice(0, MAX_READ_PAGES);
}

async function changesSince(
	api: ApiClient,
	page: XmlElement,
	{ kinds, wants }: WantedNewest,
	since: number,
): Promise<SiteChange[]> {
	const revisions = (await undefinedIfNotFound(listRevisionsSince(api, idOfPage(page), since))) ?? [];
	const changes = changesOfPage(page, revisions, { since, until: Infinity });
	return changes.filter(({ event, isFirstText, kind }) => kinds.has(kind) && !isFirstText && wants(event));
}

async function deletions(api: ApiClient, { kinds, wants }: WantedNewest): Promise<SiteChange[]> {
	if (!kinds.has('deleted')) return [];
	const { entries } = await firstArchivedPages(api);
	return entries.flatMap(deletion).filter(({ event }) => wants(event));
}
