import { isoSeconds, uuidV1 } from '../events/event.mts';
import { ASSUMED } from '../settings.mts';
import { titleOf, type Page, type Redirect, type Revision, plainText } from '../site/pages.mts';
import { operationsOf, roleIds, type User, type Users } from '../site/users.mts';
import type { XmlData } from '../xml.mts';
import { ok, type Call, type Reply } from '../http/call.mts';

/** Type of a page's contents as the site stores them. */
export const dekiXml = 'application/vnd.deki1410+xml';

/**
 * Writes pages and users as the API does: docs/vendor-facts.md#reading-pages,
 * docs/vendor-facts.md#writing-pages and docs/vendor-facts.md#users.
 */
export class ApiXml {
	private readonly siteUrl: string;
	private readonly users: Users;

	constructor(siteUrl: string, users: Users) {
		this.siteUrl = siteUrl;
		this.users = users;
	}

	/** Address of an API resource. */
	href(path: string): string {
		return `${this.siteUrl}/@api/deki/${path}`;
	}

	/** Address of a page for people. */
	ui(path: string): string {
		return `${this.siteUrl}/${path}`;
	}

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

	/** `pages/{id}`: info and more. `metrics` and the insides of `security` are guesses. */
	full(page: Page, reader: User, parent: Page | undefined): XmlData {
		const operations = { operations: { '@mask': '1', '#': operationsOf(reader).join(',') } };
		return {
			...this.info(page),
			...article(page),
			summary: plainText(page.html).slice(0, 200),
			metrics: { 'metric.views': 0 },
			security: { 'permissions.effective': operations },
			restriction: page.restriction,
			'user.createdby': this.userBlock(page.createdBy),
			'user.author': this.userBlock(page.author),
			'date.edited': isoSeconds(page.edited),
			'date.modified': isoSeconds(page.modified),
			timeuuid: page.revisions.at(-1)?.timeuuid ?? uuidV1(page.created),
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
			...article(page),
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

	/** The block inside other responses, by user name; of a name that is no user, the name alone. */
	userBlock(username: string): XmlData {
		const user = this.users.named(username);
		return user ? this.block(user) : { nick: username, username };
	}

	/** `users/{id}`. */
	user(user: User): XmlData {
		const mask = user.role === 'Admin' ? '18446744073709551615' : '1';
		const operations = { '@mask': mask, '#': operationsOf(user).join(',') };
		const roleId = roleIds[user.role];
		const role = { '@id': roleId, '@href': this.href(`site/roles/${roleId}`), '#': user.role };
		return {
			...this.block(user),
			'license.seat': { '@owner': user.id === 1, '#': user.seated },
			'date.created': isoSeconds(user.created),
			status: user.active ? 'active' : 'inactive',
			'date.lastlogin': isoSeconds(user.created),
			'permissions.user': { operations, role },
			'permissions.effective': { operations },
		};
	}

	private block(user: User): XmlData {
		return {
			'@anonymous': user.anonymous,
			'@virtual': false,
			'@id': user.id,
			'@wikiid': ASSUMED.siteId,
			'@href': this.href(`users/${user.id}`),
			...(user.anonymous ? {} : { '@guid': user.guid }),
			nick: user.username,
			username: user.username,
			fullname: user.fullname,
			email: user.email,
		};
	}

	private place(path: string, title = titleOf(path)): XmlData {
		const seo = { '@seo': true, '#': path };
		return { 'uri.ui': this.ui(path), title, path: seo, namespace: 'main' };
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
	if (items.length === 0) return '';
	return `<ol>${items.map(([, , heading]) => `<li>${heading}</li>`).join('')}</ol>`;
}
