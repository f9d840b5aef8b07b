import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { XmlElement } from '../../api/xml';
import type { Fields } from './field';
import type { OperationContext } from './operation-context';

/** What an operation gives for one incoming item; n8n's link to that item is added to each. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

/** What n8n shows of an operation. */
interface OperationLabels {
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
	/** Throws an {@link InputProblem}, or what {@link ExpertSite} throws. */
	run(run: OperationContext): Promise<Output[]>;
}

/** What operations are about. */
export interface Resource {
	/** Stored in workflows: never changes. */
	value: string;
	name: string;
	description: string;
	/** In alphabetical order of their names, as n8n wants it. */
	operations: Operation[];
}

/** An operation as its file declares it: `run` reads the fields that it declares, by their objects. */
export interface OperationDeclaration<F extends Fields> extends OperationLabels {
	fields: F;
	run(run: OperationContext, fields: F): Promise<Output[]>;
}

/** Makes an operation of its declaration. */
export function defineOperation<F extends Fields>({
	fields,
	run,
	...labels
}: OperationDeclaration<F>): Operation {
	return {
		...labels,
		fields: Object.values(fields).map(({ property }) => property),
		run: async (context) => await run(context, fields),
	};
}

/** One item for each element of the site, simplified or as the site gave it. */
export function results(
	elements: XmlElement[],
	isSimplified: boolean,
	toItem: (element: XmlElement) => IDataObject,
): Output[] {
	return outputs(isSimplified ? elements.map(toItem) : elements);
}

/** One item for each of these. */
export function outputs(list: Array<Output['json']>): Output[] {
	return list.map((json) => ({ json }));
}
