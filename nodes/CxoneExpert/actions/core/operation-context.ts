import type { IExecuteFunctions } from 'n8n-workflow';

import { type PageReference, pageReference } from '../input/page-reference';
import type { ExpertSite } from './site';

/** One run of an operation: what was entered for one incoming item, and the site. */
export class OperationContext {
	readonly site: ExpertSite;
	/** n8n itself, for what only it can do (binary data). */
	readonly n8n: IExecuteFunctions;
	/** Index of the incoming item. */
	readonly item: number;

	constructor(n8n: IExecuteFunctions, site: ExpertSite, item: number) {
		this.n8n = n8n;
		this.site = site;
		this.item = item;
	}

	/**
	 * A field as it is: an expression can give anything. `null` for one that is not shown: n8n throws
	 * there unless it is told what to give, and what shows a field can be an expression, too.
	 */
	parameter(name: string): unknown {
		return this.n8n.getNodeParameter(name, this.item, null);
	}

	/** A text field without white space around it; numbers count as text. */
	text(name: string): string {
		return asText(this.parameter(name));
	}

	/** A text that the operation cannot do without. `label` is the field's name on the screen. */
	required(name: string, label: string): string {
		const text = this.text(name);
		if (text !== '') return text;
		return this.site.refuse({
			message: `"${label}" is empty`,
			description: `Enter a value in the field "${label}". ${POINTS_AT_NOTHING}`,
		});
	}

	flag(name: string): boolean {
		return this.parameter(name) === true;
	}

	/** What a builder has added under "Options". */
	get options(): Record<string, unknown> {
		const options = this.parameter('options');
		return typeof options === 'object' && options !== null
			? (options as Record<string, unknown>)
			: {};
	}

	/** The maximum number of results. */
	get max(): number {
		if (this.flag('returnAll')) return Infinity;
		const limit = Number(this.parameter('limit'));
		return limit >= 1 ? Math.floor(limit) : 50;
	}

	/** The page that a "Page" field names, or words about what to enter instead. */
	page(name = 'page'): PageReference {
		const reference = pageReference(this.parameter(name), this.site.origin);
		return reference.ok ? reference.value : this.site.refuse(reference.failure);
	}
}

/** For a field that is empty although a builder may have seen something in it. */
export const POINTS_AT_NOTHING =
	'If the field holds an expression, the incoming item may not have what it points at.';

/** What a field or an expression holds, as text; nothing for what is no text (NaN is none). */
export function asText(value: unknown): string {
	return typeof value === 'string' || Number.isFinite(value) ? String(value).trim() : '';
}

/** A list of texts from what was entered: a list, or one text with commas between. */
export function asList(value: unknown): string[] {
	const entries = Array.isArray(value) ? value.map(asText) : asText(value).split(',');
	return [...new Set(entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))];
}
