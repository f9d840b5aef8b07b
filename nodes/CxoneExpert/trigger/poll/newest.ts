import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, type ExpertClient, LARGE_RESPONSES } from '../../api/client';
import { apiTime, siteTime } from '../../api/elements';
import { connect } from '../../api/http';
import {
	findChangedPages,
	firstArchivedPages,
	listRevisionsSince,
	WHOLE_SITE,
} from '../../api/pages';
import { textOf, type XmlElement } from '../../api/xml';
import type { ChangeKind } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { deletion, polledItem, type SiteChange } from '../changes/site-change';
import { idOf } from '../changes/changed-pages';
import { changesOfPage } from '../changes/site-changes';
import { wantedBy } from '../node/wanted-changes';
import { readParametersInStep } from '../parameters';
import { checkSettings, settingsOf } from './settings';

const DAY_MS = 86_400_000;
/** How far back to look, one after the other. */
const WINDOWS_MS = [DAY_MS / 24, DAY_MS, 30 * DAY_MS, 365 * DAY_MS, 20 * 365 * DAY_MS];
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
	const newest = [...kinds].map(async (kind) =>
		kind === 'deleted' ? await newestDeletion(api, wants) : await newestOfPages(api, kind, wants),
	);
	const changes = (await Promise.all(newest)).flat();
	return changes.map((change) => polledItem(site, change, parameters));
}

async function newestOfPages(api: ExpertClient, kind: PageKind, wants: Wants) {
	const now = api.siteNow;
	for (const windowMs of WINDOWS_MS) {
		const period = { since: now - windowMs, until: Infinity };
		for (const page of await newestPages(api, kind, wants, period.since)) {
			const revisions = await listRevisionsSince(api, idOf(page), period.since);
			const changes = changesOfPage(page, revisions, period).filter(
				(change) => change.kind === kind && !change.isFirstText && wants(change.event),
			);
			if (changes.length > 0) return changes.slice(-1);
		}
	}
	return [];
}

/** A site lists a thousand at most, in no documented order. */
async function newestPages(api: ApiClient, kind: PageKind, wants: Wants, since: number) {
	const { pages } = await findChangedPages(api, { ...WHOLE_SITE, since: apiTime(since) });
	const date = kind === 'created' ? 'date.created' : 'date.modified';
	const timeOf = (page: XmlElement) => siteTime(textOf(page, date)) ?? 0;
	return pages
		.filter((page) => timeOf(page) >= since && wants({ type: undefined, xml: { page } }))
		.sort((a, b) => timeOf(b) - timeOf(a))
		.slice(0, MAX_PAGES);
}

async function newestDeletion(api: ApiClient, wants: Wants): Promise<SiteChange[]> {
	const { entries } = await firstArchivedPages(api);
	const changes = entries.flatMap(deletion).filter(({ event }) => wants(event));
	return changes.sort((a, b) => b.at - a.at).slice(0, 1);
}
