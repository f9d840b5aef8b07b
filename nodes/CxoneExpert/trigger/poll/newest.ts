import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, type ExpertClient, LARGE_RESPONSES } from '../../api/client';
import { apiTime, siteTime } from '../../api/elements';
import { undefinedIfNotFound } from '../../api/expert-error';
import { connect } from '../../api/http';
import { findChangedPages, firstArchivedPages, listRevisionsSince, type Period, WHOLE_SITE } from '../../api/pages';
import { textOf, type XmlElement } from '../../api/xml';
import type { ChangeKind } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { deletion, polledItem, type SiteChange } from '../changes/site-change';
import { idOfPage, pagesByWalk } from '../changes/changed-pages';
import { changesOfPage } from '../changes/site-changes';
import { branchesOf, wantedBy } from '../node/wanted-changes';
import { readParametersInStep } from '../parameters';
import { checkSettings, type Settings, settingsOf } from './settings';

/** How far back to look, one after the other: a minute, ten, an hour, a day, a month, a year, twenty years. */
const WINDOWS_MS = [1, 10, 60, 1440, 43_200, 525_600, 10_512_000].map((minutes) => minutes * 60_000);
/** Pages whose revisions are read. */
const MAX_PAGES = 5;
const BUDGET_MS = 30_000;

type PageKind = Exclude<ChangeKind, 'deleted'>;
type Wants = (event: ExpertEvent) => boolean;

/** Items of the newest change of each chosen kind, for "Fetch Test Event". */
export async function newestItems(context: IExecuteFunctions): Promise<IDataObject[]> {
	const settings = await settingsOf(context, readParametersInStep(context));
	const { credential, parameters, site, kinds } = settings;
	const api = connect(context, credential, { budgetMs: BUDGET_MS, limits: LARGE_RESPONSES });
	await checkSettings(context, api, settings);
	const wants = wantedBy(context, parameters, credential);
	const changes = await newestOfPages(api, settings, wants);
	if (kinds.has('deleted')) changes.push(...(await newestDeletion(api, wants)));
	return changes.map((change) => polledItem(site, change, parameters));
}

async function newestOfPages(api: ExpertClient, settings: Settings, wants: Wants) {
	const now = api.siteNow;
	const kinds = [...settings.kinds].filter((kind) => kind !== 'deleted');
	const branches = kinds.length === 0 ? [] : branchesOf(settings.parameters);
	const walked = await pagesByWalk(api, settings.site, branches);
	const newest = new Map<PageKind, SiteChange>();
	const read = new Map<string, XmlElement[]>();
	for (const windowMs of WINDOWS_MS) {
		if (newest.size === kinds.length) break;
		const period = { since: now - windowMs, until: Infinity };
		// At most a thousand, in no documented order: a shorter window has had the newest.
		const query = { ...WHOLE_SITE, since: apiTime(period.since) };
		const pages = walked ?? (await findChangedPages(api, query)).pages;
		const wanted = pages.filter((page) => wants({ type: undefined, xml: { page } }));
		for (const [kind, page] of kinds.flatMap((each) => newestFirst(wanted, each, period))) {
			if (newest.has(kind)) continue;
			const id = idOfPage(page);
			const list = async () => await undefinedIfNotFound(listRevisionsSince(api, id, period.since));
			const revisions = read.get(id) ?? (await list()) ?? [];
			read.set(id, revisions);
			for (const change of changesOfPage(page, revisions, period)) {
				const isMeant = change.kind === kind && !change.isFirstText && wants(change.event);
				if (isMeant) newest.set(kind, change);
			}
		}
	}
	return [...newest.values()];
}

function newestFirst(pages: XmlElement[], kind: PageKind, { since }: Period) {
	const date = kind === 'created' ? 'date.created' : 'date.modified';
	const timeOf = (page: XmlElement) => siteTime(textOf(page, date)) ?? 0;
	const hits = pages.filter((page) => timeOf(page) >= since).sort((a, b) => timeOf(b) - timeOf(a));
	return hits.slice(0, MAX_PAGES).map((page) => [kind, page] as const);
}

async function newestDeletion(api: ApiClient, wants: Wants): Promise<SiteChange[]> {
	const { entries } = await firstArchivedPages(api);
	const changes = entries.flatMap(deletion).filter(({ event }) => wants(event));
	return changes.sort((a, b) => b.at - a.at).slice(0, 1);
}
