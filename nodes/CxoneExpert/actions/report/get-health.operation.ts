import type { StatusMessage } from '../../api/expert-error';
import { choicesField, onlyEntered } from '../core/field';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, readList, results, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { withSubpages } from './field';
import { inspectionItem } from './items';

const severity = choicesField({
	displayName: 'Severity',
	name: 'severity',
	options: [
		{ name: 'Error', value: 'error' },
		{ name: 'Warning', value: 'warning' },
		{ name: 'Info', value: 'info' },
	],
	description: 'How severe a finding must be. When nothing is chosen, all are returned.',
});

/** GET /pages/{id}/health. */
export const getHealthReport = defineOperation({
	value: 'getHealthReport',
	name: 'Get Health Report',
	action: 'Get health report of page',
	description: "Get what Expert's health report finds, such as pages without an article type",
	fields: { page, withSubpages, severity, ...limitFields, simplify },
	async run({ site }, { page, withSubpages: subpages, severity, simplify, ...limits }) {
		const call = pageCall('GET', page, '/health', 'get the health report of', { 403: NO_SEAT });
		const query = { subpages, ...onlyEntered({ severity: severity.join(',') }) };
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
