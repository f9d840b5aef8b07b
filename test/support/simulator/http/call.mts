import type { ApiXml } from '../api/xml.mts';
import type { Settings } from '../settings.mts';
import type { Site } from '../site/site.mts';
import { mayDo, operationsOf, type User } from '../site/users.mts';
import type { Webhooks } from '../site/webhooks.mts';
import type { Cdn } from './cdn.mts';
import { type ApiError, forbidden, invalidInput } from './errors.mts';
import { readXml, XmlError, type Element, type XmlData } from '../xml.mts';
import { elementAt, present } from '../../present.mts';

type RefusalSettings = Pick<Settings, 'anonymousRefusal'>;

interface CallParts {
	user: User;
	settings: RefusalSettings;
	/** Path parameters, decoded once. */
	params: Record<string, string>;
	query: URLSearchParams;
	contentType: string;
	bytes: Buffer;
	writesBefore: number;
}

/** One API request as a handler sees it. What is not as it must be is refused: 400. */
export class Call {
	readonly user: User;
	readonly query: URLSearchParams;
	readonly contentType: string;
	readonly bytes: Buffer;
	/** How much had been written at the site when the call came. */
	readonly writesBefore: number;
	private readonly params: Record<string, string>;
	private readonly settings: RefusalSettings;

	constructor({ user, settings, params, query, contentType, bytes, writesBefore }: CallParts) {
		this.user = user;
		this.settings = settings;
		this.params = params;
		this.query = query;
		this.contentType = contentType;
		this.bytes = bytes;
		this.writesBefore = writesBefore;
	}

	/**
	 * The body by its charset. Without one, non-ASCII characters are lost
	 * (docs/vendor-facts.md#writing-pages), which is why a client must name it.
	 */
	get text(): string {
		const charset = /charset="?([^";\s]+)/i.exec(this.contentType)?.[1];
		const text = this.bytes.toString();
		return charset === undefined ? text.replace(/[^\p{ASCII}]/gu, '?') : text;
	}

	/** Where a list begins. */
	get offset(): number {
		return wholeNumber(this.query.get('offset'), 'offset', 0);
	}

	/**
	 * 403 unless the caller may do it; Anonymous may do nothing
	 * (docs/vendor-facts.md#anonymous-responses).
	 */
	need(operation: string): void {
		if (!mayDo(this.user, operation)) throw this.forbidden(operation);
	}

	forbidden(operation: string): ApiError {
		const status = this.user.anonymous ? this.settings.anonymousRefusal : 403;
		return forbidden(operation, status, operationsOf(this.user));
	}

	/** A part of the path. */
	param(name: string): string {
		return present(this.params[name], `path parameter ${name}`);
	}

	/** The body's root element, which must have that name. */
	body(root: string): Element {
		try {
			const element = readXml(this.text);
			if (element.nodeName === root) return element;
			throw invalidInput(`expected <${root}>, got <${element.nodeName}>`);
		} catch (error) {
			throw error instanceof XmlError ? invalidInput(error.message) : error;
		}
	}

	/** A query value that is one of a few words; the first if absent. */
	oneOf<T extends string>(name: string, words: readonly T[]): T {
		const text = this.query.get(name);
		if (text === null) return elementAt(words, 0);
		const word = words.find((each) => each === text.toLowerCase());
		if (word === undefined) throw invalidInput(`'${name}' must be one of ${words.join(', ')}`);
		return word;
	}

	/** `true` or `false` in the query. */
	flag(name: string, absent = false): boolean {
		return this.oneOf(name, [String(absent), String(!absent)]) === 'true';
	}

	/** A comma list in the query; empty when it is not there. */
	list(name: string): string[] {
		const parts = (this.query.get(name) ?? '').split(',');
		return parts.map((part) => part.trim()).filter(Boolean);
	}

	/** The part of a list that `limit` (a number or `all`) and `offset` ask for. */
	window<T>(items: T[], limitAbsent: number, { maxPageSize, ignoresOffset }: Settings): T[] {
		const { offset } = this;
		const limit = this.query.get('limit');
		const asked = limit === 'all' ? items.length : wholeNumber(limit, 'limit', limitAbsent);
		const start = ignoresOffset ? 0 : offset;
		return items.slice(start, start + Math.min(asked, maxPageSize));
	}
}

/** One API request as tests see it. */
export interface ApiCall {
	method: string;
	/** As it was sent, still encoded, without the query. */
	path: string;
	/** Without `authenticate`, which each call of the nodes has. */
	query: Record<string, string>;
	/** It came with `authenticate=true`. */
	isAuthenticated: boolean;
	/** Null while there is no response, or when the connection was broken instead. */
	status: number | null;
	body: string;
	/** Value of X-Deki-Token or Authorization, as it was sent. */
	token: string;
	user: string;
	at: Date;
	/** Calls without a response when it came, this one included. */
	atOnce: number;
}

export interface Reply {
	status: number;
	data?: XmlData;
	/** File and property contents; not XML of the API. */
	raw?: { body: Buffer; type: string };
	/** Of a redirect. */
	location?: string;
}

/** What the handlers of API calls work with. */
export interface Backend {
	site: Site;
	webhooks: Webhooks;
	settings: Settings;
	xml: ApiXml;
	cdn: Pick<Cdn, 'put'>;
}

export type Handler = (call: Call, backend: Backend) => Reply;
export type Route = [method: 'get' | 'post' | 'put' | 'delete', path: string, handler: Handler];

/** The handlers behind a right that the caller needs. */
export function allNeed(operation: string, routes: Route[]): Route[] {
	return routes.map(([method, path, handler]) => [
		method,
		path,
		(call, backend) => {
			call.need(operation);
			return handler(call, backend);
		},
	]);
}

export const ok = (data?: XmlData): Reply => ({ status: 200, data });

/** A whole number of the query or path; 400 for anything else. */
export function wholeNumber(text: string | null, name: string, absent?: number): number {
	if (text === null && absent !== undefined) return absent;
	if (text !== null && /^\d{1,15}$/.test(text)) return Number(text);
	throw invalidInput(`'${name}' must be a whole number`);
}
