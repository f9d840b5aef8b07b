import { isoSeconds, uuidV1 } from '../events/event.mts';
import { ASSUMED } from '../settings.mts';
import {
	type Page,
	type Redirect,
	RESTRICTION_IDS,
	type Revision,
	plainText,
} from '../site/pages.mts';
import type { User } from '../site/users.mts';
import type { XmlData } from '../xml.mts';
import { ok, type Call, type Reply } from '../http/call.mts';
import { operationsXml, UserXml } from './user-xml.mts';

/** Type of a page's contents as the site stores them. */
export const dekiXml = 'application/vnd.deki1410+xml';

/**
 * Writes pages as the API does: docs/vendor-facts.md#reading-pages and docs/vendor-facts.md#writing-pages. What
 * the vendor's samples have and no test looks at is there, with a value that says nothing.
 */
export class ApiXml extends UserXml {
	/** A page inside other responses: moved, deleted and found pages, parents. */
	short(page: Page): XmlData {
		return {
			'@id': page.id,
			'@guid': page.guid,
			'@draft.state': page.draftState,
			'@href': this.href(`pages/${page.id}?redirects=0`),
			'@deleted': page.deleted,
			...this.place(page.path, page.title),
			'date.created': isoSeconds(page.created),
			...(page.deletedAt ? { 'date.deleted': isoSeconds(page.deletedAt) } : {}),
			language: page.language ?? ASSUMED.language,
		};
	}

	/** `pages/{id}/info`. */
	info(page: Page): XmlData {
		return { ...this.short(page), '@revision': page.revision };
	}

	/** `pages/{id}` without properties and files. @param parents the nearest first */
	full(page: Page, reader: User, parents: Page[]): XmlData {
		const newest = page.revisions.at(-1);
		return {
			...this.info(page),
			'@unpublish': true,
			...article(page),
			'language.effective': page.language ?? ASSUMED.language,
			metrics: { 'metric.views': 0, 'metric.charcount': page.html.length },
			summary: plainText(page.html).slice(0, 200),
			security: {
				'@href': this.href(`pages/${page.id}/security`),
				...security(page, reader),
				...{ grants: '', 'permissions.revoked': '' },
			},
			'user.createdby': this.userBlock(page.createdBy),
			'date.edited': isoSeconds(page.edited),
			'date.modified': isoSeconds(page.modified),
			timeuuid: newest?.timeuuid ?? uuidV1(page.created),
			'user.author': this.userBlock(page.author),
			description: newest?.description ?? '',
			...this.parents(parents),
			...this.partsOf(page),
			tags: this.tags(page),
		};
	}

	/** Where the rest of a page is, and how much of it. */
	private partsOf({ id, revisions }: Page): XmlData {
		const part = (name: string, more = {}) => ({
			...more,
			'@href': this.href(`pages/${id}/${name}`),
		});
		return {
			rating: NO_RATING,
			...{ subpages: part('subpages'), aliases: part('aliases') },
			revisions: part('revisions', { '@count': revisions.length }),
			'revisions.archive': part('revisions', { '@count': 0, '@deprecated': true }),
			comments: part('comments', { '@count': 0 }),
			contents: part('contents', { '@type': dekiXml, '@etag': revisions.length }),
			'contents.alt': part('pdf', { '@type': 'application/pdf' }),
			...{ 'page.redirectedfrom': '', outbound: { '@count': 0 }, inbound: { '@count': 0 } },
		};
	}

	/** Each within the one below it, up to the home page. */
	private parents([nearest, ...above]: Page[]): XmlData {
		if (nearest === undefined) return {};
		const parent = { ...this.short(nearest), ...article(nearest), ...this.parents(above) };
		return { 'page.parent': parent };
	}

	/** One entry of `pages/{id}/subpages`. */
	subpage(page: Page, reader: User, subpages: number, files: number): XmlData {
		return {
			...this.info(page),
			'@terminal': subpages === 0,
			'@subpages': subpages > 0,
			'@files': files,
			'date.modified': isoSeconds(page.modified),
			...article(page),
			security: security(page, reader),
		};
	}

	/** One entry of `pages/{id}/find`. */
	found(page: Page, withTags: boolean): XmlData {
		const tag = page.tags.map((each) => {
			const { '@value': value, type, title } = this.tag(each, 0, page);
			return { '@value': value, type, title } as XmlData;
		});
		return {
			...this.short(page),
			...(withTags ? { tags: { '@count': tag.length, tag } } : {}),
			restriction: page.restriction,
			'date.modified': isoSeconds(page.modified),
		};
	}

	/** One entry of `pages/{id}/revisions`: the page by its path of today. */
	revision(page: Page, { number, title, author, date, timeuuid, description }: Revision): XmlData {
		const href = (call: string) =>
			this.href(`pages/${page.id}/${call}?revision=${number}&redirects=0`);
		return {
			...this.short({ ...page, title }),
			'@revision': number,
			'@href': href('revisions'),
			'user.author': this.userBlock(author),
			'date.edited': isoSeconds(date),
			...{ timeuuid, description },
			contents: { '@type': dekiXml, '@href': href('contents') },
		};
	}

	/** A path without a page: docs/vendor-facts.md#virtual-pages-and-redirects. */
	virtual(path: string): XmlData {
		return { '@id': 0, '@virtual': true, ...this.place(path) };
	}

	/** As whoever does not follow it gets it: docs/vendor-facts.md#virtual-pages-and-redirects. */
	redirect({ id, path }: Redirect): XmlData {
		return {
			'@id': id,
			'@href': this.href(`pages/${id}?redirects=0`),
			'@redirect': true,
			'@type': 'internal-redirect',
			...this.place(path),
		};
	}

	tags(page: Pick<Page, 'id' | 'path' | 'tags'>): XmlData {
		const { id, tags } = page;
		return {
			'@count': tags.length,
			'@href': this.href(`pages/${id}/tags`),
			tag: tags.map((tag, index) => this.tag(tag, id * 100 + index, page)),
		};
	}

	/** @param page that has it; a `define:` tag is about that page */
	tag(value: string, id: number, page?: Pick<Page, 'path'>): XmlData {
		const type = /^(date|user|define):/.exec(value)?.[1] ?? 'text';
		return {
			...{ '@value': value, '@id': id, '@href': this.href(`site/tags/${id}`) },
			uri: type === 'define' && page ? this.ui(page.path) : this.tagAddress(value),
			...{ type, title: value },
		};
	}
}

/** What the reader may do with a page, and who else may. */
function security({ restriction }: Page, reader: User): XmlData {
	const operations = operationsXml(reader);
	const restricted = { '@id': RESTRICTION_IDS[restriction], '#': restriction };
	return {
		'permissions.page': { operations, restriction: restricted },
		'permissions.effective': { operations },
	};
}

const NO_RATING: XmlData = {
	...{ '@score': '', '@count': 0, '@anonymous.score': '', '@anonymous.count': 0 },
	...{ '@seated.score': '', '@seated.count': 0, '@unseated.score': '', '@unseated.count': 0 },
};

/** The article type, from the tag `article:topic-guide`. */
export function articleOf({ tags }: Pick<Page, 'tags'>): string | undefined {
	return tags.find((tag) => tag.startsWith('article:'))?.slice('article:'.length);
}

export function article(page: Pick<Page, 'tags'>): XmlData {
	const type = articleOf(page);
	return type === undefined ? {} : { article: type };
}

/**
 * `contents` as HTML, which is escaped text, or as plain text; the second body of HTML is the table
 * of contents. The three modes give the same text, as nothing here is a script.
 */
export function contentsReply(
	call: Call,
	page: Pick<Page, 'title' | 'html' | 'revision'>,
	more: XmlData = {},
): Reply {
	const isPlain = call.oneOf('format', ['html', 'text']) === 'text';
	call.oneOf('mode', ['view', 'edit', 'raw']);
	const toc = { '@target': 'toc', '#': tableOfContents(page.html) };
	const content = {
		...more,
		'@revision': page.revision,
		'@type': isPlain ? 'text/plain' : 'text/html',
		'@title': page.title,
		body: isPlain ? plainText(page.html) : [page.html, toc],
	};
	return ok({ content });
}

function tableOfContents(html: string): string {
	const items = [...html.matchAll(/<h([2-6])\b[^>]*>(.*?)<\/h\1>/gis)];
	if (items.length === 0) return '<em>No headers</em>';
	return `<ol>${items.map(([, , heading]) => `<li>${heading}</li>`).join('')}</ol>`;
}
