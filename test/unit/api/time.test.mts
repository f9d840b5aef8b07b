import { expect, it } from 'vitest';

import { apiTime, siteTime } from '../../../nodes/CxoneExpert/api/time.ts';

it('apiTime is in UTC with its fractions cut off, not rounded', () => {
	expect(apiTime(Date.parse('2026-01-30T16:59:45.999Z'))).toBe('2026-01-30T16:59:45Z');
	expect(apiTime(Date.parse('2026-01-30T17:59:45+01:00'))).toBe('2026-01-30T16:59:45Z');
});

it('siteTime parses dates of the site', () => {
	expect(siteTime('2026-01-30T16:59:45Z')).toBe(1769792385000);
	expect(siteTime('soon')).toBeUndefined();
	expect(siteTime(undefined)).toBeUndefined();
});
