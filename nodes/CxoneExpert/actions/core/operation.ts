import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { XmlElement } from '../../api/xml';
import type { OperationContext } from './operation-context';

/** What an operation gives for one incoming item; which item that was is added to each. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

/** One thing that the node can do, with what a builder enters for it. */
export interface Operation {
	/** Stored in workflows: never changes. */
	value: string;
	name: string;
	/** What the node picker calls it, e.g. `Get a page`. */
	action: string;
	description: string;
	/** Without the conditions that show them: those are added from the place in the list. */
	fields: INodeProperties[];
	/** Throws what n8n shows: see {@link OperationContext}. */
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

/** One item for each element of the site: simplified, unless a builder wants them as they are. */
export function results(
	run: OperationContext,
	elements: XmlElement[],
	simplified: (element: XmlElement) => IDataObject,
): Output[] {
	return outputs(run.flag('simplify') ? elements.map(simplified) : elements);
}

/** One item for each of these. */
export function outputs(list: Array<Output['json']>): Output[] {
	return list.map((json) => ({ json }));
}
