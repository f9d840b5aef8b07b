import { expect, it } from 'vitest';
import { readList } from '../../../nodes/CxoneExpert/actions/results.ts';
import type { ExpertSite } from '../../../nodes/CxoneExpert/actions/site.ts';
import { textOf } from '../../../nodes/CxoneExpert/api/xml.ts';

const LIST = { path: '/site/query', doing: 'search', root: 'search', element: 'result' };

it('readList finds what matches beyond the first hundred, at a site that ignores the offset, too', async () => {
	const results = Array.from({ length: 150 }, (_, index) => ({
		id: `${index}`,
		type: index < 120 ? 'page' : 'file',
	}));
	const site: Pick<ExpertSite, 'read'> = {
		read: async ({ query }) => ({ result: results.slice(0, Number(query?.limit)) }),
	};
	const matches = (result: object) => textOf({ ...result }, 'type') === 'file';
	const found = await readList(site as ExpertSite, { ...LIST, matches }, 20);
	expect(found).toEqual(results.slice(120, 140));
});
