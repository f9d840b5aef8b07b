import type { IDataObject } from 'n8n-workflow';

import type { ApiCall } from '../../api/client';
import { numberOf } from '../../api/elements';
import { readCountedPages } from '../../api/pagination';
import { attribute, children, type XmlElement } from '../../api/xml';
import { type Field, flagField, mapField, numberField, type ValuesOf } from '../../parameters/field';
import type { Output } from './operation';
import type { ExpertSite } from '../../api/expert-site';

export { simplify } from '../../parameters/common';

/** Makes one item of each element, simplified or raw. */
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

const declaredLimit = {
	displayName: 'Limit',
	name: 'limit',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
};

const limit = mapField(numberField({ ...declaredLimit, displayOptions: { show: { returnAll: [false] } } }), Math.floor);

/** For a call that has no next page: "Return All" would promise too much. */
export function limitUpTo(max: number, byDefault = declaredLimit.default): Field<number> {
	const typeOptions = { minValue: 1, maxValue: max };
	const field = numberField({ ...declaredLimit, typeOptions, default: byDefault });
	return mapField(field, (number) => Math.min(max, Math.floor(number)));
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
