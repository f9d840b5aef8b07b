import { compact } from '../../api/compact';
import { apiTime, siteTime } from '../../api/time';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import type { ExpertEvent } from '../event/parse';
import { type ChangeName, keyOf, RECOVERABLE } from './change-key';

/** A change that the site tells of, as the event that Expert would have sent. */
export interface SiteChange {
	name: ChangeName;
	event: ExpertEvent;
	/** The text that a page was created with: the site may tell of it by the creation alone. */
	isFirstText?: boolean;
}

/** Begins the event ids of changes that were recovered: these events have no id of their own. */
const ID_PREFIX = 'recovered:';

/** How the XML of an event spells its type. */
const XML_TYPES = { c: 'page:create', e: 'page.content:update', d: 'page:delete' } as const;

/** A new page. @param first its first revision, which names its author */
export function creation(first: XmlElement): SiteChange[] {
	const date = textOf(first, 'date.created') ?? textOf(first, 'date.edited');
	return changeOf('c', first, date, idOf(first));
}

/** A saved text of a page. */
export function edit(revision: XmlElement, isFirstText = false): SiteChange[] {
	const number = attribute(revision, 'revision');
	if (number === undefined) return [];
	const subject = `${idOf(revision)}:${number}`;
	const changes = changeOf('e', revision, textOf(revision, 'date.edited'), subject);
	return changes.map((change) => ({ ...change, isFirstText }));
}

/** A page in the archive. */
export function deletion(archived: XmlElement): SiteChange[] {
	return changeOf('d', archived, textOf(archived, 'date.deleted'), idOf(archived));
}

/** None where the site names no page or no time: nobody could recognise the change again. */
function changeOf(
	kind: ChangeName['kind'],
	page: XmlElement,
	date: string | undefined,
	subject: string,
): SiteChange[] {
	const at = siteTime(date);
	if (at === undefined || idOf(page) === '') return [];
	const name: ChangeName = { kind, subject, at };
	const xml = compact({
		'@id': `${ID_PREFIX}${keyOf(name)}`,
		'@datetime': apiTime(at),
		'@type': XML_TYPES[kind],
		'@language': textOf(page, 'language'),
		page: pageOf(page),
		revision: kind === 'e' ? attribute(page, 'revision') : undefined,
		user: userOf(child(page, 'user.author') ?? child(page, 'user.deleted')),
	}) as XmlElement;
	return [{ name, event: { type: RECOVERABLE[kind], xml } }];
}

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}

/** What events have of a page. */
function pageOf(page: XmlElement): XmlElement {
	const kept = ['@id', '@guid', '@revision', '@draft.state', 'uri.ui', 'title', 'path'];
	return Object.fromEntries(
		kept.flatMap((name) => (page[name] === undefined ? [] : [[name, page[name]]])),
	);
}

/** Without the email address: events need a user only to be told apart. */
function userOf(user: XmlElement | undefined): Record<string, string> | undefined {
	if (user === undefined) return undefined;
	const username = textOf(user, 'username') ?? textOf(user, 'nick');
	const id = attribute(user, 'id');
	return { ...(id === undefined ? {} : { '@id': id }), ...(username && { username }) };
}
