import type { Backend } from './backend.mts';
import { isoSeconds } from './events.mts';
import type { Page } from './pages.mts';
import { uuidV1 } from './uuid.mts';
import type { XmlData } from './xml.mts';

/**
 * `<draft>`; of a page without a draft, the published text with state inactive: see
 * docs/vendor-facts.md#drafts.
 */
export function draftXml(page: Page, { xml }: Pick<Backend, 'xml'>): XmlData {
	const { id, path, draftState: state } = page;
	const { title, revision, edited } = page.draft ?? page;
	const href = xml.href(`drafts/${id}`);
	return {
		...{ '@id': id, '@href': href, '@state': state },
		'@publish': state !== 'inactive',
		'@deactivate': state === 'active',
		'@revision': revision,
		'uri.ui': `${xml.ui(path)}?mt-draft=true`,
		...{ title, namespace: 'main', path: { '@seo': true, '#': path } },
		contents: { '@href': `${href}/contents` },
		'date.created': isoSeconds(page.created),
		'date.edited': isoSeconds(edited),
		'date.modified': isoSeconds(edited),
		timeuuid: page.draft?.timeuuid ?? page.revisions.at(-1)?.timeuuid ?? uuidV1(page.created),
	};
}
