import type { Backend } from './backend.mts';
import { isoSeconds } from './events.mts';
import type { Attachment, FileRevision, Page } from './pages.mts';
import type { XmlData } from './xml.mts';

/** `<file>` at its newest or another revision: see docs/vendor-facts.md#files. */
export function fileXml(
	file: Attachment,
	page: Page,
	{ xml, site, userXml }: Pick<Backend, 'xml' | 'site' | 'userXml'>,
	at: FileRevision = file,
): XmlData {
	const { length: count } = file.revisions;
	const contents = xml.href(`files/${file.id}/${encodeURIComponent(file.name)}`);
	const revisions = xml.href(`files/${file.id}/revisions`);
	return {
		'@id': file.id,
		'@revision': at.revision,
		'@res-id': file.resourceId,
		'@href': xml.href(`files/${file.id}/info`),
		'@res-is-head': at.revision === file.revision,
		'@res-is-deleted': isGone(file, page),
		'@res-rev-is-deleted': false,
		'@res-contents-id': at.contentsId,
		filename: file.name,
		description: at.description,
		'alt-text': at.altText,
		contents: { '@type': at.type, '@size': at.size, '@href': contents },
		'date.created': isoSeconds(file.created),
		'date.last-modified': isoSeconds(at.uploaded),
		'user.createdby': userXml.blockOf(site.users, at.author),
		revisions: { '@count': count, '@totalcount': count, '@href': revisions },
		'page.parent': xml.short(page),
	};
}

/** A file is gone with its page, too. */
export function isGone(file: Attachment, page: Page): boolean {
	return file.deletedAt !== undefined || page.deleted;
}
