import { faultTable } from './support/fault-table.mts';
import { silentFaults } from './support/faults.mts';
import { useScenes } from './support/scene.mts';

useScenes();

await faultTable(silentFaults, 400);
