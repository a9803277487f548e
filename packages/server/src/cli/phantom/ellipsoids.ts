/**
 * An ellipsoid in the unit cube [-1, 1]^3, turned about the z axis. Where ellipsoids overlap their values add up.
 * The geometry is that of Shepp and Logan's head (IEEE Trans. Nucl. Sci. 21, 1974) in three dimensions, after Kak
 * and Slaney, Principles of Computerized Tomographic Imaging, 1988.
 */
export interface Ellipsoid {
  /** Hounsfield units that it adds. */
  readonly value: number
  readonly axes: readonly [x: number, y: number, z: number]
  readonly centre: readonly [x: number, y: number, z: number]
  /** Degrees. */
  readonly turn: number
}

const ellipsoid = (
  value: number,
  axes: Ellipsoid['axes'],
  centre: Ellipsoid['centre'],
  turn = 0,
): Ellipsoid => ({ value, axes, centre, turn })

/** Hounsfield units outside of everything. */
export const air = -1000

/** Bone around brain, two ventricles, and lesions of different size and contrast. */
export const head: readonly Ellipsoid[] = [
  ellipsoid(1900, [0.69, 0.92, 0.81], [0, 0, 0]),
  ellipsoid(-864, [0.6624, 0.874, 0.78], [0, -0.0184, 0]),
  ellipsoid(-30, [0.11, 0.31, 0.22], [0.22, 0, 0], -18),
  ellipsoid(-30, [0.16, 0.41, 0.28], [-0.22, 0, 0], 18),
  ellipsoid(12, [0.21, 0.25, 0.41], [0, 0.35, -0.15]),
  ellipsoid(25, [0.046, 0.046, 0.05], [0, 0.1, 0.25]),
  ellipsoid(25, [0.046, 0.046, 0.05], [0, -0.1, 0.25]),
  ellipsoid(40, [0.046, 0.023, 0.05], [-0.08, -0.605, 0]),
  ellipsoid(40, [0.023, 0.023, 0.02], [0, -0.606, 0]),
  ellipsoid(40, [0.023, 0.046, 0.02], [0.06, -0.605, 0]),
]
