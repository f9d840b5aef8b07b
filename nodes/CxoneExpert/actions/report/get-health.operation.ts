import type { StatusMessage } from '../../api/expert-error';
import { asList, type Field, onlyEntered, refuse } from '../core/field';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, readList, results, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { withSubpages } from './field';
import { inspectionItem } from './items';

const SEVERITIES = [
	{ name: 'Error', value: 'error' },
	{ name: 'Warning', value: 'warning' },
	{ name: 'Info', value: 'info' },
];

/** Empty for all. */
const severity: Field<string> = {
	property: {
		displayName: 'Severity',
		name: 'severity',
		type: 'multiOptions',
		default: [],
		options: SEVERITIES,
		description: 'How severe a finding must be. When nothing is chosen, all are returned.',
	},
	read(entered) {
		const chosen = asList(entered);
		const unknown = chosen.find((each) => !SEVERITIES.some(({ value }) => value === each));
		if (unknown === undefined) return chosen.join(',');
		return refuse({
			message: `"${unknown.slice(0, 100)}" is not a choice for 'Severity'`,
			description:
				'Choose from the list, or let the expression give some of these: "error", "warning", "info".',
		});
	},
};

/** GET /pages/{id}/health. */
export const getHealthReport = defineOperation({
	value: 'getHealthReport',
	name: 'Get Health Report',
	action: 'Get health report of page',
	description: "Get what Expert's health report finds, such as pages without an article type",
	fields: { page, withSubpages, severity, ...limitFields, simplify },
	async run({ site }, { page, withSubpages: subpages, severity, simplify, ...limits }) {
		const call = pageCall('GET', page, '/health', 'get the health report of', { 403: NO_SEAT });
		const query = { subpages, ...onlyEntered({ severity }) };
		const list = { ...call, query, root: 'health', element: 'inspections' };
		const found = await readList(site, list, maxResults(limits));
		return results(found, simplify, inspectionItem);
	},
});

const NO_SEAT: StatusMessage = {
	message: 'Expert did not allow reading the health report',
	description:
		'The user of the token needs a seat, and must be allowed to see the page. If both are so, the token may have expired: run the test of the CXone Expert API credential.',
};
