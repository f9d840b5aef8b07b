import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { showHint } from '../../api/node-error';
import type { Field, Fields, InputContext, ValuesOf } from '../../parameters/field';
import { runsAsTool } from '../../n8n/tool';
import type { ExpertSite } from '../../api/expert-site';

/** One item of the result. n8n's link to the incoming item is added later. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

export interface OperationLabels {
	/** Never changes, because workflows store it. */
	value: string;
	name: string;
	/** Label in the node picker, e.g. `Get details of page`. A model is told nothing else of the tool. */
	action: string;
	description: string;
	/** Tells n8n's own assistant when to choose another operation. */
	builderHint?: string;
}

export interface Operation extends OperationLabels {
	/** Fields without display conditions: `description.ts` adds them. */
	fields: INodeProperties[];
	/** @throws ExpertError for people */
	run(run: OperationContext): Promise<Output[]>;
}

interface OperationDeclaration<F extends Fields> extends OperationLabels {
	fields: F;
	/** `values` reads a field on access: n8n throws for fields that it does not show. */
	run(run: OperationContext, values: ValuesOf<F>): Promise<Output[]>;
}

export function defineOperation<F extends Fields>({ fields, run, ...labels }: OperationDeclaration<F>): Operation {
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

/** One run of an operation, for one incoming item. */
export class OperationContext implements InputContext {
	readonly site: ExpertSite;
	/** Gives access to binary data and other things that only n8n can do. */
	readonly n8n: IExecuteFunctions;
	readonly item: number;
	/** Messages to a model, as items that follow those of the operation. */
	readonly notes: Output[] = [];

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

	/** Whether a model called the operation. It reads nothing but what is returned. */
	get isTool(): boolean {
		return runsAsTool(this.n8n);
	}

	/** Says something about the output: in a hint for people, in an item for a model. */
	note(message: string, toModel = message): void {
		if (this.isTool) this.notes.push({ json: { message: toModel } });
		else showHint(this.n8n, message);
	}

	/** n8n throws for a field that is not shown, unless it is given a fallback. */
	read<T>(field: Field<T>): T {
		return field.read(this.n8n.getNodeParameter(field.property.name, this.item, null), this);
	}
}
