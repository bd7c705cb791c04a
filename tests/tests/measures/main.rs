//! Losses and metrics, stand-alone and in training: values against Keras, PyTorch and scikit-learn.

mod losses;
mod metrics;
mod regularisation;
mod training;
