import { ok, wholeNumber, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { contentReply } from '../http/cdn.mts';
import { ApiError, invalidInput } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Attachment, Page } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { assertMaySee, decodeAgain, existingPage } from './page-key.mts';

/** The file calls of docs/vendor-facts.md#files. */
export const fileRoutes: Route[] = [
	['get', '/files/:fileid/info', info],
	['get', '/files/:fileid', download],
	['delete', '/files/:fileid', remove],
	['post', '/files/:fileid/move', rename],
	// The address that `contents` names.
	['get', '/files/:fileid/:filename', download],
	['get', '/pages/:pageid/files', list],
	['put', '/pages/:pageid/files/:filename', upload],
];

interface Found {
	file: Attachment;
	page: Page;
}

const notFound = () => new ApiError(404, 'File could not be found');

function find(call: Call, { site }: Backend): Found {
	call.need('READ');
	const id = wholeNumber(call.param('fileid'), 'fileid');
	const file = site.files.find((each) => each.id === id);
	if (!file) throw notFound();
	const page = site.page(file.pageId);
	assertMaySee(call, page);
	return { file, page };
}

function info(call: Call, backend: Backend): Reply {
	const { file, page } = find(call, backend);
	if (isGone(file, page)) throw notFound();
	return ok({ file: fileXml(file, page, backend) });
}

/** 410 for a file that was removed: see docs/vendor-facts.md#files. */
function download(call: Call, backend: Backend): Reply {
	const { file, page } = find(call, backend);
	if (isGone(file, page)) throw new ApiError(410, 'File has been removed');
	return contentReply(call, backend, page, { body: file.content, type: file.type });
}

function remove(call: Call, backend: Backend): Reply {
	call.need('UPDATE');
	const { file, page } = find(call, backend);
	if (isGone(file, page)) throw notFound();
	backend.site.deleteFile(file.id, { by: call.user.id });
	return ok();
}

/** Without `to`. Another file of that name, in any case, is in the way, and so is the file itself. */
function rename(call: Call, backend: Backend): Reply {
	call.need('UPDATE');
	const { file, page } = find(call, backend);
	if (isGone(file, page)) throw notFound();
	const name = call.query.get('name') ?? '';
	if (name === '') throw invalidInput("'to' or 'name' is required");
	if (name === file.name) throw taken(400, name);
	assertEnding(name);
	const twin = backend.site.filesOf(page).find((each) => isSameName(each.name, name));
	if (twin) throw taken(409, twin.name);
	const renamed = backend.site.renameFile(file.id, name, { by: call.user.id });
	return ok({ file: fileXml(renamed.file, page, backend) });
}

function list(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'READ');
	const files = backend.site.filesOf(page);
	const shown = call.window(files, 100, backend.settings);
	return ok({
		files: {
			'@count': shown.length,
			'@offset': call.offset,
			'@totalcount': files.length,
			'@href': backend.xml.href(`pages/${page.id}/files`),
			file: shown.map((file) => fileXml(file, page, backend)),
		},
	});
}

/** Of the site's list, the one that was seen: docs/vendor-facts.md#files. */
const REFUSED_ENDING = /\.html$/i;

function assertEnding(name: string): void {
	if (REFUSED_ENDING.test(name)) throw new ApiError(400, `A file '${name}' is not allowed`);
}

const taken = (status: number, name: string) => new ApiError(status, `A file exists with the name '${name}'`);

const isSameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** A file of that name gets a new revision, or 409 with `abort=exists`; in other case it is in the way. */
function upload(call: Call, backend: Backend): Reply {
	const { site } = backend;
	const page = existingPage(call, backend, 'UPDATE');
	const name = fileName(call.param('filename'));
	assertEnding(name);
	const twin = site.filesOf(page).find((file) => file.name !== name && isSameName(file.name, name));
	if (twin) throw taken(409, twin.name);
	const isCareful = call.oneOf('abort', ['never', 'exists']) === 'exists';
	if (isCareful && site.fileNamed(page, name)) throw taken(409, name);
	const { file } = site.attachFile(page, name, {
		content: call.bytes,
		type: call.contentType || undefined,
		description: call.query.get('description') ?? undefined,
		altText: call.query.get('alttext') ?? undefined,
		by: call.user.id,
	});
	return ok({ file: fileXml(file, page, backend) });
}

/** Encoded twice; after `=` if it has no extension: docs/vendor-facts.md#identifiers. */
function fileName(key: string): string {
	const name = decodeAgain(key.replace(/^=/, ''));
	if (!/.\.[^.]+$/.test(name) && !key.startsWith('=')) {
		throw invalidInput(`'${name}' has no extension and must come after '='`);
	}
	return name;
}

export function fileXml(file: Attachment, page: Page, { xml }: Backend): XmlData {
	const contents = xml.href(`files/${file.id}/${encodeURIComponent(file.name)}`);
	return {
		'@id': file.id,
		'@revision': file.revision,
		'@href': xml.href(`files/${file.id}/info`),
		filename: file.name,
		description: file.description,
		'alt-text': file.altText,
		contents: { '@type': file.type, '@size': file.size, '@href': contents },
		'date.last-modified': isoSeconds(file.uploaded),
		'page.parent': xml.short(page),
	};
}

/** A file is gone with its page, too. */
function isGone(file: Attachment, page: Page): boolean {
	return file.deletedAt !== undefined || page.deleted;
}
