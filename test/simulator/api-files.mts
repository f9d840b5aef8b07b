import { need, ok, type Call, type Reply, type Route } from './call.mts';
import { ApiError } from './errors.mts';
import { isoSeconds } from './events.mts';
import { decodeAgain, existingPage } from './page-key.mts';
import type { PageXml } from './page-xml.mts';
import type { Attachment } from './pages.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import type { XmlData } from './xml.mts';

/** The file calls of §7.6. */
export function fileRoutes(site: Site, settings: Settings, xml: PageXml): Route[] {
	const find = (call: Call): Attachment => {
		need(call, 'READ');
		const file = site.files.find(({ id }) => String(id) === call.params.fileid);
		if (!file) throw new ApiError(404, 'File could not be found');
		return file;
	};
	const show = (file: Attachment) => fileData(file, site, xml);
	const list = (call: Call): Reply => {
		need(call, 'READ');
		const { id } = existingPage(call, site.pages, settings);
		const file = site.files.filter(({ pageId }) => pageId === id).map(show);
		const counts = { '@count': file.length, '@offset': 0, '@totalcount': file.length };
		return ok({ files: { ...counts, file } });
	};
	const upload = (call: Call): Reply => {
		need(call, 'UPDATE');
		const page = existingPage(call, site.pages, settings);
		const name = decodeAgain(call.params.filename.replace(/^=/, ''), settings);
		const { bytes: content, contentType: type } = call;
		const { file } = site.attachFile(page, name, { content, type, by: call.user.id });
		return ok({ file: show(file) });
	};
	return [
		['get', '/files/:fileid/info', (call) => ok({ file: show(find(call)) })],
		[
			'get',
			'/files/:fileid',
			(call) => {
				const { content, type } = find(call);
				return { status: 200, raw: { body: content, type } };
			},
		],
		['get', '/pages/:pageid/files', list],
		['put', '/pages/:pageid/files/:filename', upload],
	];
}

function fileData(file: Attachment, site: Site, xml: PageXml): XmlData {
	const contents = xml.href(`files/${file.id}/${encodeURIComponent(file.name)}`);
	return {
		'@id': file.id,
		'@revision': file.revision,
		'@res-id': file.resourceId,
		'@href': xml.href(`files/${file.id}/info`),
		'@res-is-head': true,
		'@res-is-deleted': false,
		'@res-rev-is-deleted': false,
		'@res-contents-id': file.resourceId,
		filename: file.name,
		description: '',
		'alt-text': '',
		contents: { '@type': file.type, '@size': file.size, '@href': contents },
		'date.created': isoSeconds(file.created),
		'date.last-modified': isoSeconds(file.created),
		'page.parent': xml.info(site.page(file.pageId)),
	};
}
