import { readPages } from '../../api/pagination';
import { children, type XmlElement } from '../../api/xml';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, results, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { withSubpages } from './field';
import { linkItem } from './items';

/** GET /pages/{id}/linkdetails. */
export const getBrokenLinks = defineOperation({
	value: 'getBrokenLinks',
	name: 'Get Broken Links',
	action: 'Get broken links of page',
	description: 'Get the links to pages and files of the site that lead nowhere',
	fields: { page, withSubpages, ...limitFields, simplify },
	async run({ site }, { page, withSubpages: subpages, simplify, ...limits }) {
		const call = pageCall('GET', page, '/linkdetails', 'get the broken links of');
		const links = await readPages(
			maxResults(limits),
			async (limit, offset) => {
				const query = { broken: true, subpages, limit, offset };
				return linksIn(await site.read({ ...call, query }, 'pagelinks'));
			},
			(link) => [link],
		);
		return results(links, simplify, linkItem);
	},
});

/** Adds its page to each link: a row holds a page and its links. */
function linksIn(root: XmlElement): XmlElement[] {
	return children(root, 'pages').flatMap((row) =>
		children(row, 'links').map((link) => ({ ...link, page: row.page ?? '' })),
	);
}
