import { assertMaySee } from './access.mts';
import type { Backend } from './backend.mts';
import {
	flag,
	need,
	ok,
	oneOf,
	windowOf,
	wholeNumber,
	type Call,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { contentReply } from './content-reply.mts';
import { ApiError, invalidInput } from './errors.mts';
import { fileXml, isGone } from './file-xml.mts';
import { decodeAgain, existingPage } from './page-key.mts';
import type { Attachment, FileRevision, Page } from './pages.mts';
import type { Settings } from './settings.mts';

/** The file calls of docs/vendor-facts.md#files. */
export function fileRoutes(backend: Backend): Route[] {
	const content = (call: Call) => download(call, backend);
	return [
		['get', '/files/:fileid/info', (call) => info(call, backend)],
		['get', '/files/:fileid', content],
		// The address that `contents` names.
		['get', '/files/:fileid/:filename', content],
		['get', '/pages/:pageid/files', (call) => list(call, backend)],
		['put', '/pages/:pageid/files/:filename', (call) => upload(call, backend)],
	];
}

interface Found {
	file: Attachment;
	page: Page;
	at: FileRevision;
	/** Removed, and not asked for with `includeDeleted`. */
	hidden: boolean;
}

const notFound = () => new ApiError(404, 'File could not be found');

function find(call: Call, { site, settings }: Backend): Found {
	need(call, 'READ');
	const id = wholeNumber(param(call, 'fileid'), 'fileid');
	const file = site.files.find((each) => each.id === id);
	if (!file) throw notFound();
	const page = site.page(file.pageId);
	assertMaySee(call.user, page, settings);
	const wanted = wholeNumber(call.query.get('revision'), 'revision', file.revision);
	const at = file.revisions.find(({ revision }) => revision === wanted);
	if (!at) throw notFound();
	return { file, page, at, hidden: isGone(file, page) && !flag(call, 'includeDeleted') };
}

function info(call: Call, backend: Backend): Reply {
	const { file, page, at, hidden } = find(call, backend);
	if (hidden) throw notFound();
	return ok({ file: fileXml(file, page, backend, at) });
}

/** 410 for a file that was removed: see docs/vendor-facts.md#files. */
function download(call: Call, backend: Backend): Reply {
	const { at, page, hidden } = find(call, backend);
	if (hidden) throw new ApiError(410, 'File has been removed');
	const content = { body: at.content, type: at.type };
	return contentReply(call, backend, { page, content, kept: backend.settings.publicFiles });
}

function list(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'READ' });
	const files = backend.site.filesOf(page);
	const shown = windowOf(call, files, 100, backend.settings);
	return ok({
		files: {
			'@count': shown.length,
			'@offset': wholeNumber(call.query.get('offset'), 'offset', 0),
			'@totalcount': files.length,
			file: shown.map((file) => fileXml(file, page, backend)),
		},
	});
}

/** A file of that name gets a new revision, or 409 with `abort=exists`. */
function upload(call: Call, backend: Backend): Reply {
	const { site, settings } = backend;
	const page = existingPage(call, backend, { operation: 'UPDATE' });
	const name = fileName(param(call, 'filename'), settings);
	const careful = oneOf(call, 'abort', ['never', 'exists']) === 'exists';
	if (careful && site.fileNamed(page, name)) {
		throw new ApiError(409, `A file exists with the name '${name}'`);
	}
	const { file } = site.attachFile(page, name, {
		content: call.bytes,
		type: call.contentType || undefined,
		description: call.query.get('description') ?? undefined,
		altText: call.query.get('alttext') ?? undefined,
		by: call.user.id,
	});
	return ok({ file: fileXml(file, page, backend) });
}

/**
 * Encoded twice; after `=` if it has no extension, which the strict setting insists on:
 * docs/vendor-facts.md#identifiers.
 */
function fileName(key: string, settings: Settings): string {
	const name = decodeAgain(key.replace(/^=/, ''), settings);
	const extension = /.\.[^.]+$/.test(name);
	if (!extension && !key.startsWith('=') && settings.singleEncodedPaths === 'refuse') {
		throw invalidInput(`'${name}' has no extension and must come after '='`);
	}
	return name;
}
