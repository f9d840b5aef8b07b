import { compact, revisionOf } from '../../api/elements';
import { userOf } from '../../api/page-fields';
import { child, textOf, type XmlElement } from '../../api/xml';
import { namesOf, situationOf, timesOf } from '../page/items';

/** One saved version of a page: the page with the number, date and author of that version. */
export function revisionItem(revision: XmlElement) {
	return compact({
		...namesOf(revision),
		revision: revisionOf(revision),
		description: textOf(revision, 'description'),
		author: userOf(child(revision, 'user.author')),
		...timesOf(revision),
	});
}

/** One saved version among the changes of a period, with the state of its page now. */
export function changedRevisionItem(revision: XmlElement) {
	return compact({ ...revisionItem(revision), ...situationOf(revision) });
}
