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
    const LN_2_HIGH: f64 = 0.693_138_122_558_593_75;
    const LN_2_LOW: f64 = 9.058_001_351_671_514e-6;
    const EXP_SMALLEST: f64 = -104.0;
    const EXP_LARGEST: f64 = 89.0;
    const EXP_M1_SMALLEST: f64 = -18.0;
    const TANH_LARGEST: f64 = 9.2;
    const ERFC_LARGEST: f64 = 10.2;
    const ERFC_CENTER: f64 = 3.0;
    // Relative error 2^-26.16.
    const EXP: &'static [f64] =
        &[4.999999813265658e-1, 1.6666542722200609e-1, 4.1667204241211033e-2, 8.3666442614492112e-3, 1.3882475581825138e-3];
    // Relative error 2^-37.59.
    const LN: &'static [f64] = &[6.6666665637417541e-1, 4.0000337198779189e-1, 2.8537170370598023e-1, 2.3584954747561212e-1];
    // Relative error 2^-26.31.
    const TANH: &'static [f64] = &[-3.3333063015041924e-1, 1.331491049256379e-1, -5.0372450155962517e-2];
    // Relative error 2^-29.34.
    const ERF: &'static [f64] =
        &[1.2837916562832172e-1, -3.7612609339854162e-1, 1.1282838003266172e-1, -2.6758151053854065e-2, 4.7199162298200405e-3];
    // Relative error 2^-28.95.
    const ERFC_CONSTANT: f64 = 1.2530080592135951;
    const ERFC: &'static [f64] = &[
        -1.356211401341419e-1,
        -4.7562409540573538e-2,
        1.2964643385173481e-1,
        -1.1927079634084023e-1,
        6.8295748524815262e-2,
        -2.3798536901846882e-2,
        2.5665650298698212e-3,
        2.0033534064116916e-3,
        -7.7511970250302764e-4,
        -2.6718034705573687e-4,
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
        5.0e-1,
        1.6666666666666677e-1,
        4.1666666666666505e-2,
        8.3333333333215142e-3,
        1.3888888888963731e-3,
        1.9841269886476906e-4,
        2.4801587170594125e-5,
        2.7557243804120224e-6,
        2.7557403676782897e-7,
        2.5109195215691456e-8,
        2.0875201849598025e-9,
    ];
    // Relative error 2^-66.71.
    const LN: &'static [f64] = &[
        6.6666666666666661e-1,
        4.0000000000006332e-1,
        2.8571428569058465e-1,
        2.2222222650956106e-1,
        1.8181775330638745e-1,
        1.5387105479593535e-1,
        1.3249784515865787e-1,
        1.3254376904568532e-1,
    ];
    // Relative error 2^-53.64.
    const TANH: &'static [f64] = &[
        -3.333333333332687e-1,
        1.3333333331491499e-1,
        -5.3968252192093121e-2,
        2.186940721898386e-2,
        -8.8612391187767178e-3,
        3.5650402531629649e-3,
        -1.2626250944615235e-3,
    ];
    // Relative error 2^-65.17.
    const ERF: &'static [f64] = &[
        1.2837916709551257e-1,
        -3.7612638903183751e-1,
        1.1283791670954871e-1,
        -2.686617064500043e-2,
        5.2239776220315288e-3,
        -8.5483265124094573e-4,
        1.2055286316272964e-4,
        -1.4923007886088584e-5,
        1.6371330770087635e-6,
        -1.4621769572801749e-7,
    ];
    // Relative error 2^-59.56.
    const ERFC_CONSTANT: f64 = 1.2329951186255525;
    const ERFC: &'static [f64] = &[
        -1.3962111684056254e-1,
        1.537965210261966e-2,
        6.8097054254695448e-2,
        -1.0103906603629997e-1,
        9.3732834998250452e-2,
        -6.6330365812309657e-2,
        3.7167515539100863e-2,
        -1.6197734056762552e-2,
        5.0319699634769911e-3,
        -7.577732959354961e-4,
        -1.9925661609388349e-4,
        1.5062171283826032e-4,
        -2.4399480905593142e-5,
        -1.1222168617946937e-5,
        5.710294118774612e-6,
        2.9417494443770428e-7,
        -8.2611055326879924e-7,
        7.4030497554202171e-8,
        1.1044140778973111e-7,
        -1.7370871914326695e-8,
        -1.4090780631156531e-8,
        1.6315269528989284e-9,
        1.1850274306739062e-9,
    ];
}
