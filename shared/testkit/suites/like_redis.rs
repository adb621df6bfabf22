//! A lab and a real redis-server get the same requests, and must send the same bytes.

use crate::LAB;

#[test]
#[ignore = "needs redis-server: scripts/test.sh installs it"]
fn every_reply_is_that_of_redis() {
    testkit::compare_with_redis(LAB, include_str!("like_redis.txt"));
}
