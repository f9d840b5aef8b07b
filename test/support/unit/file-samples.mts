import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const SAMPLE = present(sampleOf('GET files/{id}/info'));
