import { compact, revisionOf } from '../../api/elements';
import { namesOf, situationOf, userOf } from '../../api/page-fields';
import { child, textOf, type XmlElement } from '../../api/xml';
import { timesOf } from '../page/items';

/** Describes one saved version: its page, number, date and author. */
export function revisionItem(revision: XmlElement) {
	return compact({
		...namesOf(revision),
		revision: revisionOf(revision),
		description: textOf(revision, 'description'),
		author: userOf(child(revision, 'user.author')),
		...timesOf(revision),
	});
}

/** Adds the state that its page has now. */
export function changedRevisionItem(revision: XmlElement) {
	return compact({ ...revisionItem(revision), ...situationOf(revision) });
}
