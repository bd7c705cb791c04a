//! What the functions need to know about a number format, and their polynomials.

/// Numbers that depend on the format. Implemented for `f32` and `f64`.
pub trait Constants: Sized {
    /// So large that its last bit is worth 1, and no sum with a moderate whole number changes that: `1.5 * 2^MANTISSA_BITS`.
    const ROUND: Self;
    /// `2^MANTISSA_BITS`: its last bits are those of an integer that is or-ed in.
    const INTEGERS: f64;
    /// The bits of a mantissa without the leading one.
    const MANTISSA_BITS: f64;
    /// What is added to an exponent in the bits of a number.
    const BIAS: f64;
    /// `2 BIAS + 1`, as the bits of an integer.
    const TWICE_BIAS_AND_ONE: Self;
    /// The bits of the mantissa.
    const MANTISSA: Self;
    /// All bits but the last half of the mantissa: what is left has an exact square.
    const HIGH_HALF: Self;
    /// The smallest normal number.
    const MIN_POSITIVE: Self;
    /// The first bits of ln 2, so few that the product with an exponent is exact (fdlibm's).
    const LN_2_HIGH: f64;
    /// The rest of ln 2.
    const LN_2_LOW: f64;
    /// `e^x` is 0 here.
    const EXP_SMALLEST: f64;
    /// `e^x` is infinite here, and 2 to the power of `x / ln 2 - 1` is finite.
    const EXP_LARGEST: f64;
    /// `e^x - 1` is -1 here.
    const EXP_M1_SMALLEST: f64;
    /// The hyperbolic tangent is 1 here.
    const TANH_LARGEST: f64;
    /// `erfc(x)` is 0 here.
    const ERFC_LARGEST: f64;
    /// Below this the hyperbolic tangent is taken from its own polynomial.
    const TANH_NEAR: f64 = 0.3;
    /// Below this the error function is taken from its own polynomial.
    const ERF_NEAR: f64 = 0.5;
    /// The `center` in the argument `(a - center) / (a + center)` of [`ERFC`](Self::ERFC).
    const ERFC_CENTER: f64;
    /// `(e^r - 1 - r) / r^2` by powers of `r`.
    const EXP: &'static [f64];
    /// `(ln((1 + s) / (1 - s)) / s - 2) / s^2` by powers of `s^2`.
    const LN: &'static [f64];
    /// `(tanh(x) / x - 1) / x^2` by powers of `x^2`.
    const TANH: &'static [f64];
    /// `erf(x) / x - 1` by powers of `x^2`.
    const ERF: &'static [f64];
    /// `(1 + 2 a) e^(a^2) erfc(a)` at `a = center`.
    const ERFC_CONSTANT: f64;
    /// The same by powers of `t = (a - center) / (a + center)`: less the constant, divided by `t`.
    const ERFC: &'static [f64];
}

impl Constants for f32 {
    const ROUND: Self = 12_582_912.0;
    const INTEGERS: f64 = 8_388_608.0;
    const MANTISSA_BITS: f64 = 23.0;
    const BIAS: f64 = 127.0;
    const TWICE_BIAS_AND_ONE: Self = Self::from_bits(255);
    const MANTISSA: Self = Self::from_bits(0x007f_ffff);
    const HIGH_HALF: Self = Self::from_bits(0xffff_f000);
    const MIN_POSITIVE: Self = Self::MIN_POSITIVE;
    const LN_2_HIGH: f64 = 0.693_138_122_558_593_8;
    const LN_2_LOW: f64 = 9.058_001_351_671_514e-6;
    const EXP_SMALLEST: f64 = -104.0;
    const EXP_LARGEST: f64 = 89.0;
    const EXP_M1_SMALLEST: f64 = -18.0;
    const TANH_LARGEST: f64 = 9.2;
    const ERFC_LARGEST: f64 = 10.2;
    const ERFC_CENTER: f64 = 3.0;
    // Relative error 2^-26.16.
    const EXP: &'static [f64] = &[0.4999999813265658, 0.16666542722200609, 0.04166720424121104, 0.00836664426144921, 0.0013882475581825139];
    // Relative error 2^-37.59.
    const LN: &'static [f64] = &[0.6666666563741754, 0.4000033719877919, 0.28537170370598025, 0.23584954747561213];
    // Relative error 2^-26.31.
    const TANH: &'static [f64] = &[-0.33333063015041925, 0.1331491049256379, -0.05037245015596252];
    // Relative error 2^-29.34.
    const ERF: &'static [f64] =
        &[0.12837916562832172, -0.37612609339854164, 0.11282838003266173, -0.026758151053854064, 0.004719916229820041];
    // Relative error 2^-28.95.
    const ERFC_CONSTANT: f64 = 1.253008059213595;
    const ERFC: &'static [f64] = &[
        -0.1356211401341419,
        -0.04756240954057354,
        0.1296464338517348,
        -0.11927079634084023,
        0.06829574852481526,
        -0.02379853690184688,
        0.0025665650298698213,
        0.0020033534064116914,
        -0.0007751197025030276,
        -0.00026718034705573685,
    ];
}

impl Constants for f64 {
    const ROUND: Self = 6_755_399_441_055_744.0;
    const INTEGERS: f64 = 4_503_599_627_370_496.0;
    const MANTISSA_BITS: f64 = 52.0;
    const BIAS: f64 = 1023.0;
    const TWICE_BIAS_AND_ONE: Self = Self::from_bits(2047);
    const MANTISSA: Self = Self::from_bits(0x000f_ffff_ffff_ffff);
    const HIGH_HALF: Self = Self::from_bits(0xffff_ffff_f800_0000);
    const MIN_POSITIVE: Self = Self::MIN_POSITIVE;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const EXP_SMALLEST: f64 = -746.0;
    const EXP_LARGEST: f64 = 710.0;
    const EXP_M1_SMALLEST: f64 = -38.0;
    const TANH_LARGEST: f64 = 19.5;
    const ERFC_LARGEST: f64 = 27.3;
    const ERFC_CENTER: f64 = 4.0;
    // Relative error 2^-61.7.
    const EXP: &'static [f64] = &[
        0.5,
        0.16666666666666677,
        0.041666666666666505,
        0.008333333333321515,
        0.001388888888896373,
        0.00019841269886476906,
        2.4801587170594124e-05,
        2.7557243804120223e-06,
        2.7557403676782896e-07,
        2.5109195215691457e-08,
        2.0875201849598025e-09,
    ];
    // Relative error 2^-66.71.
    const LN: &'static [f64] = &[
        0.6666666666666666,
        0.4000000000000633,
        0.28571428569058466,
        0.22222222650956105,
        0.18181775330638744,
        0.15387105479593535,
        0.13249784515865787,
        0.13254376904568532,
    ];
    // Relative error 2^-53.64.
    const TANH: &'static [f64] = &[
        -0.3333333333332687,
        0.13333333331491498,
        -0.05396825219209312,
        0.02186940721898386,
        -0.008861239118776718,
        0.0035650402531629648,
        -0.0012626250944615235,
    ];
    // Relative error 2^-65.17.
    const ERF: &'static [f64] = &[
        0.1283791670955126,
        -0.3761263890318375,
        0.11283791670954871,
        -0.02686617064500043,
        0.005223977622031529,
        -0.0008548326512409458,
        0.00012055286316272964,
        -1.4923007886088585e-05,
        1.6371330770087634e-06,
        -1.4621769572801748e-07,
    ];
    // Relative error 2^-59.56.
    const ERFC_CONSTANT: f64 = 1.2329951186255526;
    const ERFC: &'static [f64] = &[
        -0.13962111684056253,
        0.01537965210261966,
        0.06809705425469545,
        -0.10103906603629997,
        0.09373283499825046,
        -0.06633036581230965,
        0.03716751553910086,
        -0.01619773405676255,
        0.005031969963476991,
        -0.000757773295935496,
        -0.0001992566160938835,
        0.00015062171283826032,
        -2.439948090559314e-05,
        -1.1222168617946937e-05,
        5.710294118774612e-06,
        2.9417494443770426e-07,
        -8.261105532687992e-07,
        7.403049755420217e-08,
        1.1044140778973111e-07,
        -1.7370871914326696e-08,
        -1.4090780631156532e-08,
        1.6315269528989284e-09,
        1.1850274306739062e-09,
    ];
}
