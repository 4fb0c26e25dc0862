"""Signatures as every library of Standard Webhooks verifies them."""

from console.webhooks.signing import new_secret, signature


def test_signature__published_example_of_the_standard__is_the_same() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_new_secret__always__is_another_one() -> None:
    made = {new_secret() for _ in range(5)}

    assert len(made) == 5
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in made)
