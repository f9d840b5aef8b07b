import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ApiCall } from '../../api/client';
import { numberOf } from '../../api/elements';
import { readCountedPages } from '../../api/pagination';
import { attribute, children, type XmlElement } from '../../api/xml';
import { type Field, flagField, type ValuesOf } from '../../parameters/field';
import type { Output } from './operation';
import type { ExpertSite } from './site';

export const simplify = flagField({
	displayName: 'Simplify',
	name: 'simplify',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

/** One item per element, simplified or raw. */
export function results(
	elements: XmlElement[],
	isSimplified: boolean,
	toItem: (element: XmlElement) => IDataObject,
): Output[] {
	return outputs(isSimplified ? elements.map(toItem) : elements);
}

export function outputs(list: IDataObject[]): Output[] {
	return list.map((json) => ({ json }));
}

const returnAll = flagField({
	displayName: 'Return All',
	name: 'returnAll',
	description: 'Whether to return all results or only up to a given limit',
});

const limitProperty = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
} satisfies INodeProperties;

const limit: Field<number> = {
	property: { ...limitProperty, displayOptions: { show: { returnAll: [false] } } },
	read(entered) {
		const number = Number(entered);
		return number >= 1 ? Math.floor(number) : limitProperty.default;
	},
};

/** For a call that has no next page: "Return All" would promise too much. */
export function limitUpTo(max: number, byDefault = limitProperty.default): Field<number> {
	const typeOptions = { minValue: 1, maxValue: max };
	return {
		property: { ...limitProperty, typeOptions, default: byDefault },
		read: (entered, context) => Math.min(max, Number(entered) >= 1 ? limit.read(entered, context) : byDefault),
	};
}

export const limitFields = { returnAll, limit };

export function maxResults({ returnAll, limit }: ValuesOf<typeof limitFields>): number {
	return returnAll ? Infinity : limit;
}

/** A list that the site pages. */
export interface SiteList extends Omit<ApiCall, 'method'> {
	/** Root element of a response. */
	root: string;
	/** Name of its entries. */
	element: string;
	/** Filters what the site cannot filter. */
	matches?: ((element: XmlElement) => boolean) | undefined;
}

export async function readList(
	site: ExpertSite,
	{ root, element, matches, query, ...call }: SiteList,
	max = Infinity,
): Promise<XmlElement[]> {
	return await readCountedPages(
		max,
		async (wanted, offset, size) => {
			const limit = matches === undefined ? wanted : size;
			const page = { ...call, method: 'GET', query: { ...query, limit, offset } } as const;
			const list = await site.read(page, root);
			return [children(list, element), numberOf(attribute(list, 'querycount'))];
		},
		(entry) => (matches?.(entry) === false ? [] : [entry]),
	);
}
