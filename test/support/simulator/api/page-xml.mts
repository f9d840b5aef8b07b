import { isoSeconds } from '../events/event.mts';
import { plainText } from '../site/plain-text.mts';
import { titleOf, type Page, type Redirect } from '../site/pages.mts';
import type { Revision } from '../site/revisions.mts';
import { ASSUMED } from '../settings.mts';
import type { UserXml } from './users.mts';
import { operationsOf, type User, type Users } from '../site/users.mts';
import { uuidV1 } from '../events/uuid.mts';
import type { XmlData } from '../xml.mts';

/**
 * Writes pages as the API does: see docs/vendor-facts.md#reading-pages and
 * docs/vendor-facts.md#writing-pages.
 */
export class PageXml {
	private readonly siteUrl: string;
	private readonly users: Users;
	private readonly userXml: UserXml;

	constructor(siteUrl: string, users: Users, userXml: UserXml) {
		this.siteUrl = siteUrl;
		this.users = users;
		this.userXml = userXml;
	}

	/** A page inside other responses: moved, deleted and found pages, parents. */
	short(page: Page): XmlData {
		return {
			'@id': page.id,
			'@guid': page.guid,
			'@draft.state': page.draftState,
			'@href': this.href(`pages/${page.id}?redirects=0`),
			'@deleted': page.deleted,
			'uri.ui': this.ui(page.path),
			title: page.title,
			path: { '@seo': true, '#': page.path },
			namespace: 'main',
			'date.created': isoSeconds(page.created),
			...(page.deletedAt ? { 'date.deleted': isoSeconds(page.deletedAt) } : {}),
			language: page.language ?? ASSUMED.language,
		};
	}

	/** `pages/{id}/info`. */
	info(page: Page): XmlData {
		return { ...this.short(page), '@revision': page.revision };
	}

	/** `pages/{id}`: info and more. `metrics` and the insides of `security` are guesses. */
	full(page: Page, reader: User, parent: Page | undefined): XmlData {
		const operations = { operations: { '@mask': '1', '#': operationsOf(reader).join(',') } };
		return {
			...this.info(page),
			...this.article(page),
			summary: plainText(page.html).slice(0, 200),
			metrics: { 'metric.views': 0 },
			security: { 'permissions.effective': operations },
			restriction: page.restriction,
			...this.authors(page),
			...this.dates(page),
			timeuuid: page.revisions[page.revision - 1]?.timeuuid ?? uuidV1(page.created),
			...(parent ? { 'page.parent': this.short(parent) } : {}),
			tags: this.tags(page),
			revisions: {
				'@count': page.revisions.length,
				'@href': this.href(`pages/${page.id}/revisions`),
			},
		};
	}

	/** One entry of `pages/{id}/subpages`. */
	subpage(page: Page, subpages: number, files: number): XmlData {
		return {
			...this.info(page),
			'@terminal': subpages === 0,
			'@subpages': subpages > 0,
			'@files': files,
			'date.modified': isoSeconds(page.modified),
			...this.article(page),
		};
	}

	/** One entry of `pages/{id}/find`. */
	found(page: Page, withTags: boolean): XmlData {
		const tag = page.tags.map((each) => ({ '@value': each, type: 'text', title: each }));
		return {
			...this.short(page),
			...(withTags ? { tags: { '@count': tag.length, tag } } : {}),
			restriction: page.restriction,
			'date.modified': isoSeconds(page.modified),
		};
	}

	/** One entry of `pages/{id}/revisions`: the page by its path of today. */
	revision(page: Page, revision: Revision): XmlData {
		const { number, timeuuid, description } = revision;
		const href = (call: string) =>
			this.href(`pages/${page.id}/${call}?revision=${number}&redirects=0`);
		const contents = { '@type': dekiXml, '@href': href('contents') };
		return {
			...this.short({ ...page, title: revision.title }),
			'@revision': number,
			'@href': href('revisions'),
			'user.author': this.userXml.blockOf(this.users, revision.author),
			'date.edited': isoSeconds(revision.date),
			...{ timeuuid, description, contents },
		};
	}

	/** A path without a page: see docs/vendor-facts.md#virtual-pages-and-redirects. */
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

	/**
	 * A redirect, as whoever does not follow it gets it: see
	 * docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	redirect({ id, path }: Redirect): XmlData {
		return {
			'@id': id,
			'@href': this.href(`pages/${id}?redirects=0`),
			'@redirect': true,
			'@type': 'internal-redirect',
			'uri.ui': this.ui(path),
			title: titleOf(path),
			path: { '@seo': true, '#': path },
			namespace: 'main',
		};
	}

	tags({ id, tags }: Pick<Page, 'id' | 'tags'>): XmlData {
		return {
			'@count': tags.length,
			'@href': this.href(`pages/${id}/tags`),
			tag: tags.map((tag, index) => ({
				'@value': tag,
				'@id': id * 100 + index,
				'@href': this.href(`site/tags/${id * 100 + index}`),
				uri: this.ui(`Special:Tags?tag=${encodeURIComponent(tag).replaceAll('%20', '+')}`),
				type: 'text',
				title: tag,
			})),
		};
	}

	/** Address of an API resource. */
	href(path: string): string {
		return `${this.siteUrl}/@api/deki/${path}`;
	}

	/** Address of a page for people. */
	ui(path: string): string {
		return `${this.siteUrl}/${path}`;
	}

	private article(page: Page): XmlData {
		const type = articleOf(page);
		return type === undefined ? {} : { article: type };
	}

	private authors({ createdBy, author }: Page): XmlData {
		return {
			'user.createdby': this.userXml.blockOf(this.users, createdBy),
			'user.author': this.userXml.blockOf(this.users, author),
		};
	}

	private dates({ edited, modified }: Page): XmlData {
		return { 'date.edited': isoSeconds(edited), 'date.modified': isoSeconds(modified) };
	}
}

/** Type of a page's contents as the site stores them. */
export const dekiXml = 'application/vnd.deki1410+xml';

/** The article type, from the tag `article:topic-guide`. */
export function articleOf({ tags }: Page): string | undefined {
	return tags.find((tag) => tag.startsWith('article:'))?.slice('article:'.length);
}
