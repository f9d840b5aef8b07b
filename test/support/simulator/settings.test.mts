import { expect, it } from 'vitest';
import { settingsFrom } from './index.mts';

it('a setting is read by its type, and an unknown one is refused', () => {
	const texts = ['retries=2', 'webhooksFeature=false', 'signingSecret=a=b'];
	const expected = { retries: 2, webhooksFeature: false, signingSecret: 'a=b' };
	expect(settingsFrom(texts)).toEqual(expected);
	expect(() => settingsFrom(['retry=2'])).toThrow("There is no setting 'retry'");
});
