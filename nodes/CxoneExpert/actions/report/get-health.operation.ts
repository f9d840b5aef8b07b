import type { ApiCall } from '../../api/client';
import { asExpertError, type StatusMessage, type UserMessage } from '../../api/expert-error';
import { readPages } from '../../api/pagination';
import { children, textOf, type XmlElement } from '../../api/xml';
import { choicesField, onlyEntered } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, results, simplify } from '../core/results';
import type { ExpertSite } from '../../api/expert-site';
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
		let before = '';
		const findings = await readPages(
			maxResults(limits),
			async (limit, offset) => {
				const part = { ...call, query: { ...query, limit, offset } };
				const health = await read(site, part);
				const found = children(health, 'inspections');
				const same = before;
				before = JSON.stringify(found);
				// If the same comes again, the site ignores the offset, unless it counts so many, which can be alike.
				const isCounted = offset + found.length <= Number(textOf(health, 'querycount'));
				if (before === same && !isCounted) return [];
				return found.map((finding, index) => keyed(finding, offset + index));
			},
			({ finding }) => [finding as XmlElement],
		);
		return results(findings, simplify, inspectionItem);
	},
});

/** A finding has no ID, and a page can have several alike: its place in the list tells them apart. */
function keyed(finding: XmlElement, position: number) {
	return { '@id': String(position + 1), finding };
}

async function read(site: ExpertSite, call: ApiCall): Promise<XmlElement> {
	return await site.read(call, 'health').catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		const isOfReport = error.isNotFound && /\breport could not be found/i.test(error.siteMessage ?? '');
		throw isOfReport ? error.with({ says: NO_REPORT }) : error;
	});
}

const NO_REPORT: UserMessage = {
	message: 'The site has no health report for this page',
	description: 'Ask your NiCE contact whether your site has health reports.',
};

const NO_SEAT: StatusMessage = {
	message: 'Expert did not allow reading the health report',
	description:
		'The user of the token needs a seat, and must be allowed to see the page. If both are so, the token may have expired: run the test of the CXone Expert API credential.',
};
