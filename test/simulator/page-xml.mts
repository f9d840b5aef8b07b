import { isoSeconds } from './events.mts';
import { titleOf, type Page } from './pages.mts';
import type { Settings } from './settings.mts';
import type { XmlData } from './xml.mts';

/** Writes pages as the API does (§7.2, §7.3). */
export class PageXml {
	private readonly settings: Settings;
	private readonly siteUrl: () => string;

	constructor(settings: Settings, siteUrl: () => string) {
		this.settings = settings;
		this.siteUrl = siteUrl;
	}

	/** `pages/{id}/info`. */
	info(page: Page): XmlData {
		return {
			'@id': page.id,
			'@guid': page.guid,
			'@draft.state': page.draftState,
			'@href': this.href(`pages/${page.id}?redirects=0`),
			'@deleted': page.deleted,
			'@revision': page.revision,
			'uri.ui': this.ui(page.path),
			title: page.title,
			path: { '@seo': true, '#': page.path },
			namespace: 'main',
			'date.created': isoSeconds(page.created),
			...(page.deletedAt ? { 'date.deleted': isoSeconds(page.deletedAt) } : {}),
			language: this.settings.language,
		};
	}

	/** `pages/{id}`: info and more. */
	full(page: Page, parent: Page | undefined): XmlData {
		return {
			...this.info(page),
			'date.edited': isoSeconds(page.edited),
			'date.modified': isoSeconds(page.edited),
			summary: page.html
				.replace(/<[^>]*>/g, ' ')
				.trim()
				.slice(0, 200),
			'user.createdby': { nick: page.createdBy, username: page.createdBy },
			...(parent ? { 'page.parent': this.info(parent) } : {}),
			tags: this.tags(page),
			revisions: { '@count': page.revision, '@href': this.href(`pages/${page.id}/revisions`) },
		};
	}

	/** A path without a page (§7.1). */
	virtual(path: string): XmlData {
		return {
			'@id': 0,
			'@virtual': true,
			'uri.ui': this.ui(path),
			title: titleOf(path),
			path: { '@seo': true, '#': path },
			namespace: 'main',
		};
	}

	/** HTML is escaped text; the second body is the table of contents. */
	contents(page: Page): XmlData {
		return {
			'@revision': page.revision,
			'@type': 'text/html',
			'@title': page.title,
			body: [page.html, { '@target': 'toc', '#': '' }],
		};
	}

	tags(page: Page): XmlData {
		return {
			'@count': page.tags.length,
			'@href': this.href(`pages/${page.id}/tags`),
			tag: page.tags.map((tag, index) => ({
				'@value': tag,
				'@id': page.id * 100 + index,
				'@href': this.href(`site/tags/${page.id * 100 + index}`),
				uri: this.ui(`Special:Tags?tag=${encodeURIComponent(tag).replaceAll('%20', '+')}`),
				type: 'text',
				title: tag,
			})),
		};
	}

	/** Address of an API resource. */
	href(path: string): string {
		return `${this.siteUrl()}/@api/deki/${path}`;
	}

	/** Address of a page for people. */
	ui(path: string): string {
		return `${this.siteUrl()}/${path}`;
	}
}
