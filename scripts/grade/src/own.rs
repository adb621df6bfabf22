//! The student's own lab below `work/`.
