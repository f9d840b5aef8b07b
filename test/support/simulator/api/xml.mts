import { isoSeconds } from '../events/event.mts';
import { ASSUMED } from '../settings.mts';
import { type Page, type Redirect, RESTRICTION_IDS, type Revision, plainText } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { ok, type Call, type Reply } from '../http/call.mts';
import { UserXml } from './user-xml.mts';

/**
 * Writes pages as the API does: docs/vendor-facts.md#reading-pages and docs/vendor-facts.md#writing-pages. What
 * the vendor's samples have and the nodes never read is left out: test/unit/api reads the samples themselves.
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
	full(page: Page, parents: Page[]): XmlData {
		const restriction = { '@id': RESTRICTION_IDS[page.restriction], '#': page.restriction };
		return {
			...this.info(page),
			...article(page),
			summary: plainText(page.html).slice(0, 200),
			security: { 'permissions.page': { restriction } },
			'user.createdby': this.userBlock(page.createdBy),
			'date.edited': isoSeconds(page.edited),
			'date.modified': isoSeconds(page.modified),
			'user.author': this.userBlock(page.author),
			description: page.revisions.at(-1)?.description ?? '',
			...this.parents(parents),
			tags: this.tags(page),
		};
	}

	/** Each within the one below it, up to the home page. */
	private parents([nearest, ...above]: Page[]): XmlData {
		if (nearest === undefined) return {};
		const parent = { ...this.short(nearest), ...article(nearest), ...this.parents(above) };
		return { 'page.parent': parent };
	}

	/** One entry of `pages/{id}/subpages`. */
	subpage(page: Page, subpages: number, files: number): XmlData {
		return {
			...this.info(page),
			'@subpages': subpages > 0,
			'@files': files,
			'date.modified': isoSeconds(page.modified),
			...article(page),
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
	revision(page: Page, { number, title, author, date, description }: Revision): XmlData {
		return {
			...this.short({ ...page, title }),
			'@revision': number,
			'user.author': this.userBlock(author),
			'date.edited': isoSeconds(date),
			description,
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
export function contentsReply(call: Call, page: Pick<Page, 'title' | 'html' | 'revision'>, more: XmlData = {}): Reply {
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
