import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const INFO = present(sampleOf('GET pages/{id}/info'));

export const DELETED = present(sampleOf('DELETE pages/{id}'));
