import type { IExecuteFunctions } from 'n8n-workflow';

import type { Field, InputContext } from './field';
import type { ExpertSite } from './site';

/** One run of an operation, for one incoming item: the values of its fields, and the site. */
export class OperationContext implements InputContext {
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

	get origin(): string | undefined {
		return this.site.origin;
	}

	get timezone(): string {
		return this.n8n.getTimezone();
	}

	/**
	 * The value of a field.
	 *
	 * n8n throws for a field that is not shown, unless it is given a fallback; and what shows a field can
	 * be an expression, too.
	 */
	read<T>(field: Field<T>): T {
		return field.read(this.n8n.getNodeParameter(field.property.name, this.item, null), this);
	}
}
