import { describe, expect, it } from 'vitest';

import { EVENT_TYPES, canonicalEventName } from '../../../nodes/CxoneExpert/api/event-types.ts';
import {
	ALL_EVENTS,
	chosenEvents,
	EVENT_CHOICES,
	POLLING_CHOICES,
	TRIGGER_CHOICES,
} from '../../../nodes/CxoneExpert/event/choices.ts';

/** The vendor's event types: path form, header form, XML type. */
const VENDOR: Array<[string, string, string]> = [
	['page_create', 'Page_Create', 'page:create'],
	['page_copy', 'Page_Copy', 'page:copy'],
	['page_move', 'Page_Move', 'page:move'],
	['page_restore', 'Page_Restore', 'page:restore'],
	['page_delete', 'Page_Delete', 'page:delete'],
	['pagecontent_update', 'PageContent_Update', 'page.content:update'],
	['pagecontent_contentreuseupdate', 'PageContent_ContentReuseUpdate', 'page.content:contentreuseupdate'],
	['pagecontenttype_update', 'PageContentType_Update', 'page.contenttype:update'],
	['pagedisplayname_update', 'PageDisplayName_Update', 'page.displayname:update'],
	['pagetag_update', 'PageTag_Update', 'page.tag:update'],
	['pageproperty_create', 'PageProperty_Create', 'page.property:create'],
	['pageproperty_update', 'PageProperty_Update', 'page.property:update'],
	['pageproperty_delete', 'PageProperty_Delete', 'page.property:delete'],
	['pagerestriction_update', 'PageRestriction_Update', 'page.restriction:update'],
	['pagegrant_create', 'PageGrant_Create', 'page.grant:create'],
	['pagegrant_delete', 'PageGrant_Delete', 'page.grant:delete'],
	['attachment_create', 'Attachment_Create', 'attachment:create'],
	['attachment_update', 'Attachment_Update', 'attachment:update'],
	['attachment_copy', 'Attachment_Copy', 'attachment:copy'],
	['attachment_move', 'Attachment_Move', 'attachment:move'],
	['attachment_restore', 'Attachment_Restore', 'attachment:restore'],
	['attachment_delete', 'Attachment_Delete', 'attachment:delete'],
	['attachmentproperty_create', 'AttachmentProperty_Create', 'attachment.property:create'],
	['attachmentproperty_update', 'AttachmentProperty_Update', 'attachment.property:update'],
	['attachmentproperty_delete', 'AttachmentProperty_Delete', 'attachment.property:delete'],
	['user_create', 'User_Create', 'user:create'],
	['user_update', 'User_Update', 'user:update'],
];
const pathForms = VENDOR.map(([pathForm]) => pathForm);

it('EVENT_TYPES has exactly the 27 path forms that the vendor names', () => {
	expect(EVENT_TYPES.map(({ value }) => value).toSorted()).toEqual(pathForms.toSorted());
	expect(new Set(pathForms).size).toBe(27);
});

describe('canonicalEventName', () => {
	it.each(VENDOR)('canonicalEventName returns %s for %s and %s', (pathForm, header, xml) => {
		expect(canonicalEventName(header)).toBe(pathForm);
		expect(canonicalEventName(xml)).toBe(pathForm);
		expect(canonicalEventName(pathForm)).toBe(pathForm);
	});

	it('canonicalEventName accepts an unknown event type', () => {
		expect(canonicalEventName(' draft.content:update ')).toBe('draftcontent_update');
	});
});

describe('chosenEvents', () => {
	it('chosenEvents returns all 27 for "All Events", whatever else is chosen', () => {
		const withNew = [...pathForms, 'draft_publish'].toSorted();
		expect(chosenEvents([' * ', 'draft_publish']).toSorted()).toEqual(withNew);
		expect(chosenEvents(['page_create', ALL_EVENTS]).toSorted()).toEqual(pathForms.toSorted());
	});

	it('chosenEvents returns additional events in path form, without blanks and repetitions', () => {
		expect(chosenEvents(['page_create', ' draft:publish', '', ' Page_View ', 'page_create'])).toEqual([
			'page_create',
			'draft_publish',
			'page_view',
		]);
	});

	it.each(['page_published', ' Page.Published', 'page:published'])(
		'chosenEvents returns what tells of a first publication for %s',
		(name) => {
			const publishing = ['page_create', 'pagecontent_update'];
			expect(chosenEvents([name])).toEqual(publishing);
			expect(chosenEvents(['page_create', name, 'page_move'])).toEqual([...publishing, 'page_move']);
			expect(chosenEvents([ALL_EVENTS, name]).toSorted()).toEqual(pathForms.toSorted());
		},
	);
});

it('TRIGGER_CHOICES are all events, first publications, unlisted events and each of the 27', () => {
	const values = TRIGGER_CHOICES.map(({ value }) => value);
	expect(values.toSorted()).toEqual(['*', 'other', 'page_published', ...pathForms].toSorted());
});

const FIRST = ['page_published', 'pagecontent_update', 'page_create', 'page_delete', 'page_move'];
const valuesOf = (choices: Array<{ value: string }>) => choices.map(({ value }) => value);

it('the events that people want most are the first choices of both triggers, and the last are no single events', () => {
	expect(valuesOf(TRIGGER_CHOICES).slice(0, 5)).toEqual(FIRST);
	expect(valuesOf(POLLING_CHOICES)).toEqual(FIRST.slice(0, 4));
	for (const choices of [TRIGGER_CHOICES, EVENT_CHOICES]) {
		expect(valuesOf(choices).slice(-2)).toEqual(['*', 'other']);
	}
});
