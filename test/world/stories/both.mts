import type { Story } from '../play.mts';
import { create, CREATED, edit, EDITED, editOften, edits, EMPTY, fault } from './steps.mts';
import { mend, missed, pass, publish, publishAgain, remove, unpublish } from './steps.mts';

/* What holds for whatever asks the site what has changed: the recovery of the webhook's trigger, and polls. */

const NO_SUBPAGES = {
	...{ status: 200, body: { ...EMPTY.body, raw: '<subpages totalcount="0" count="0"/>' } },
};
const SIXTY = Array.from({ length: 60 }, (_, index) => `P${100 + index}`);
/** The site takes 25 calls, and is busy then. */
const limit = fault({ status: 429, headers: { 'Retry-After': '60' } }, /pages|archive|users/, {
	nth: 26,
});
/** Each second call for the archive. */
const failingArchive = Array.from({ length: 30 }, (_, index) =>
	fault({ status: 502 }, /archive\/pages$/, { nth: 2 * index + 2, times: 1 }),
);
const again = [mend, limit, pass(5)];

export const BOTH: Array<Omit<Story, 'by'>> = [
	{
		title: 'what is edited and deleted comes once each, oldest first',
		given: create('Old', 'Older'),
		steps: [missed(edit('Older'), 1), ...[missed(remove('Old'), 1), missed(edit('Older'), 1), pass(120)]],
		comes: ['pagecontent_update Older 2', 'page_delete Old', 'pagecontent_update Older 3'],
	},
	{
		title: 'nothing comes of a time in which the workflow was not published',
		parameters: CREATED,
		steps: [...[unpublish, create('Meanwhile'), pass(10), publishAgain], ...[missed(create('After'), 10), pass(120)]],
		comes: ['page_create After'],
	},
	{
		title: 'a page comes whose revision the site does not list at first',
		parameters: CREATED,
		steps: [fault(EMPTY, /\d\/revisions$/, { times: 1 }), missed(create('Page'), 3), pass(60)],
		comes: ['page_create Page'],
	},
	{
		title: 'a page whose revisions the site never gives holds up no other one',
		parameters: CREATED,
		steps: [
			missed((play) => {
				create('Broken', 'Page')(play);
				fault({ status: 500 }, `/${play.site.page('Broken').id}/revisions`)(play);
			}),
			pass(60),
		],
		comes: ['page_create Page'],
	},
	{
		title: '1,100 edits of a page come in their order, once each',
		parameters: EDITED,
		given: create('Page'),
		steps: [pass(60), missed(editOften('Page', 1100)), pass(60)],
		comes: edits('Page', 2, 1101),
	},
	{
		title: 'a site that breaks off each search after 25 calls is searched to its end',
		parameters: CREATED,
		steps: [limit, missed(create(...SIXTY), 4), ...again, ...again, ...again, ...again, pass(60)],
		comes: SIXTY.map((page) => `page_create ${page}`),
	},
	{
		title: 'a long archive is read to its end although each second call fails',
		...{ site: { maxPageSize: 2 }, given: create(...SIXTY) },
		steps: [
			missed((play) => SIXTY.slice(0, 6).forEach((page) => play.site.deletePage(page)), 4),
			...[...failingArchive, pass(60)],
		],
		comes: SIXTY.slice(0, 6).map((page) => `page_delete ${page}`),
	},
	{
		title: 'what happens while n8n serves neither of two versions comes',
		parameters: CREATED,
		steps: [create('Before'), pass(1), publish({}, create('Meanwhile')), pass(30)],
		comes: ['page_create Before', 'page_create Meanwhile'],
	},
	{
		title: 'a page comes where the token sees no page directly below the home page',
		parameters: CREATED,
		steps: [fault(NO_SUBPAGES, /home\/subpages$/), missed(create('Page'), 4), pass(60)],
		comes: ['page_create Page'],
	},
];
