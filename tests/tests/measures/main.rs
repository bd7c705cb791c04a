//! Losses and metrics, stand-alone and in training: values against Keras, PyTorch and scikit-learn.

mod losses;
mod metrics;
mod mixup;
mod regularisation;
mod training;
