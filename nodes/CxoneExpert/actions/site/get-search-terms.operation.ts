import { compact, compactTime, numberOf } from '../../api/elements';
import type { StatusMessage } from '../../api/expert-error';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { flagField, onlyEntered, optionalTimeField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, readList, results, simplify } from '../core/results';

const lowQuality = flagField({
	displayName: 'Unanswered Only',
	name: 'onlyWithoutAnswer',
	description: 'Whether to return only searches after which people opened no result, or three and more',
});

const since = optionalTimeField({
	displayName: 'Since',
	name: 'since',
	placeholder: 'e.g. 2026-01-30T17:00:00Z',
	description: 'Start of the period. When empty, the site begins a month ago.',
});

const until = optionalTimeField({
	displayName: 'Until',
	name: 'until',
	placeholder: 'e.g. 2026-01-31T17:00:00Z',
	description: 'End of the period. When empty, it ends now.',
});

/** GET /site/query/log. */
export const getSearchTerms = defineOperation({
	value: 'getSearchTerms',
	name: 'Get Search Terms',
	action: 'Get search terms of readers',
	description: 'Get what readers searched for, how often, and whether they opened a result',
	fields: { lowQuality, since, until, ...limitFields, simplify },
	async run({ site }, { lowQuality, since, until, simplify, ...limits }) {
		if (until < since && since !== Infinity) return refuse(NO_PERIOD);
		const period = { since: logTime(since), before: logTime(until) };
		const query = { groupby: 'query', lowquality: lowQuality, ...onlyEntered(period) };
		const call = { path: '/site/query/log', query, doing: 'get the search terms' };
		// Admins get a 403 for other reasons, such as the license of the site.
		const { isAdmin } = await site.askWhoWeAre();
		const messages = isAdmin ? {} : { 403: NOT_ADMIN };
		const list = { ...call, messages, root: 'queries', element: 'query' };
		const found = await readList(site, list, maxResults(limits));
		return results(found, simplify, termItem);
	},
});

/** Formats a time for the log; empty for one that is not entered. */
function logTime(time: number): string {
	return time === Infinity ? '' : compactTime(time);
}

/** `chosen` says how many results were opened, and is absent where none was: docs/vendor-facts.md#reports. */
function termItem(query: XmlElement) {
	return compact({
		query: textOf(query, 'sorted-terms')?.replace(QUOTED_TERM, '$1'),
		count: numberOf(attribute(query, 'count')),
		chosen: numberOf(attribute(child(query, 'selected-results'), 'totalcount')),
		lastSearchedAt: textOf(query, 'date.searched'),
	});
}

const QUOTED_TERM = /(?<![^\s,])'([^']+)'(?![^\s,])/g;

const NO_PERIOD = {
	message: "'Until' is before 'Since'",
	description: "Enter a time after 'Since', or leave one of them empty.",
	toModel: 'Pass an end that is after the beginning, or leave one of them out.',
};

const NOT_ADMIN: StatusMessage = {
	message: 'Only admins may see what readers searched for',
	description: 'Use a token of a user with the Admin role.',
};
