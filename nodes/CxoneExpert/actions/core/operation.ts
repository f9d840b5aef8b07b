import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Field, Fields, InputContext, ValuesOf } from './field';
import type { ExpertSite } from './site';

/** What an operation gives for one incoming item; n8n's link to that item is added to each. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

/** What n8n shows of an operation. */
export interface OperationLabels {
	/** Stored in workflows: never changes. */
	value: string;
	name: string;
	/** What the node picker calls it, e.g. `Get a page`. */
	action: string;
	description: string;
}

/** One thing that the node can do. */
export interface Operation extends OperationLabels {
	/** Without the conditions that show them: `description.ts` adds those. */
	fields: INodeProperties[];
	/** @throws ExpertError for people */
	run(run: OperationContext): Promise<Output[]>;
}

/** An operation as its file declares it. */
interface OperationDeclaration<F extends Fields> extends OperationLabels {
	fields: F;
	/** Is given the values of the fields, each read when it is asked for: n8n does not show all of them. */
	run(run: OperationContext, values: ValuesOf<F>): Promise<Output[]>;
}

export function defineOperation<F extends Fields>({
	fields,
	run,
	...labels
}: OperationDeclaration<F>): Operation {
	return {
		...labels,
		fields: Object.values(fields).map(({ property }) => property),
		async run(context) {
			const values = Object.entries(fields).map(([key, field]) => {
				return [key, { enumerable: true, get: () => context.read(field) }] as const;
			});
			return await run(context, Object.create(null, Object.fromEntries(values)) as ValuesOf<F>);
		},
	};
}

/** One run of an operation, for one incoming item: the site, n8n, and what the item gives for a field. */
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

	/** n8n throws for a field that is not shown, unless it is given a fallback. */
	read<T>(field: Field<T>): T {
		return field.read(this.n8n.getNodeParameter(field.property.name, this.item, null), this);
	}
}
