"""Which passwords are accepted (after NIST SP 800-63B) and how they are kept."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kit.phones import local_phone
from app.kit.refusal import Invalid

SHORTEST, LONGEST = 8, 128
_FEWEST_DIFFERENT = 4

# OWASP's second choice: a web worker must not need 64 MiB for each log-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

_COMMONEST = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "0123456789",
        "01234567",
        "87654321",
        "987654321",
        "0987654321",
        "9876543210",
        "11223344",
        "1122334455",
        "12341234",
        "12344321",
        "123123123",
        "123321123",
        "112233445566",
        "147258369",
        "159357456",
        "123654789",
        "789456123",
        "741852963",
        "963852741",
        "147852369",
        "13579246",
        "1357924680",
        "24681012",
        "31415926",
        "314159265",
        "52013140",
        "520131400",
        "5201314520",
        "52013145201314",
        "13145200",
        "1314520520",
        "20082008",
        "19491001",
        "password",
        "password1",
        "password12",
        "password123",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "p@55w0rd",
        "pa55word",
        "passwords",
        "mypassword",
        "password!",
        "password1!",
        "qwertyui",
        "qwertyuiop",
        "qwerty12",
        "qwerty123",
        "qwerty1234",
        "qwer1234",
        "qwerasdf",
        "qweasdzxc",
        "qazwsxedc",
        "qazwsx123",
        "1qaz2wsx",
        "1qaz2wsx3edc",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "q1w2e3r4",
        "q1w2e3r4t5",
        "asdfghjk",
        "asdfghjkl",
        "asdf1234",
        "asdfasdf",
        "zxcvbnm1",
        "zxcvbnm123",
        "zaq12wsx",
        "!qaz2wsx",
        "1234qwer",
        "123qweasd",
        "123qwe123",
        "123456qw",
        "123456ab",
        "123456abc",
        "abc123456",
        "abc12345",
        "abcd1234",
        "abcdefgh",
        "abcdefg1",
        "abcdefghi",
        "abcd123456",
        "a1234567",
        "a12345678",
        "a123456789",
        "aa123456",
        "aa12345678",
        "as123456",
        "qq123456",
        "qq123456789",
        "wang123456",
        "wangyang",
        "li123456",
        "zhang123",
        "zhang123456",
        "woaini123",
        "woaini520",
        "woaini521",
        "woaini1314",
        "woaini5201314",
        "iloveyou",
        "iloveyou1",
        "iloveyou520",
        "5201314a",
        "5201314abc",
        "caonima123",
        "nihao123",
        "nihao123456",
        "zhongguo",
        "xiangyang",
        "xiangyang123",
        "admin123",
        "admin1234",
        "admin888",
        "admin12345",
        "admin123456",
        "adminadmin",
        "administrator",
        "root1234",
        "rootroot",
        "test1234",
        "testtest",
        "user1234",
        "guest1234",
        "welcome1",
        "welcome123",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "michael1",
        "computer",
        "internet",
        "trustno1",
        "starwars",
        "whatever",
        "dragon12",
        "monkey123",
        "letmein1",
        "letmein123",
        "changeme",
        "changeme1",
        "default1",
        "secret123",
        "master123",
        "shadow12",
        "jennifer",
        "charlie1",
        "michelle",
        "samsung1",
        "huawei123",
        "xiaomi123",
        "weixin123",
        "taobao123",
        "alipay123",
        "baidu123",
        "tencent1",
        "q123456789",
        "z123456789",
        "w123456789",
        "x123456789",
        "zx123456",
        "zxc123456",
        "zz123456",
        "ww123456",
        "wo123456",
        "wode123456",
        "123456789a",
        "123456789q",
        "123456789abc",
        "12345678a",
        "12345678q",
        "1234567a",
        "123456aa",
        "123456qq",
        "1a2b3c4d",
        "a1b2c3d4",
        "a1s2d3f4",
        "asd123456",
        "qwe123456",
        "qweasd123",
        "qweqwe123",
        "aaa123456",
        "abc123123",
        "gongzhi123",
        "shequ123",
        "wuye1234",
        "wuye123456",
        "yezhu123",
        "yezhu123456",
    ]
)


class PasswordRefused(Invalid):
    """The password is too easy to guess or too short."""

    code = "password_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, errors={"password": sentence})


def check_password(password: str, phone: str = "") -> None:
    """Refuse what is guessed first; length counts more than odd characters."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise PasswordRefused("密码至少要 8 个字符。可以用一句自己记得住的话。")
    if len(plain) > LONGEST:
        raise PasswordRefused("密码最多 128 个字符。")
    if plain.casefold() in _COMMONEST:
        raise PasswordRefused("这个密码太常见，容易被猜中，请换一个。")
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise PasswordRefused("密码里重复的字符太多，容易被猜中，请换一个。")
    if _shows_phone(plain, local_phone(phone)):
        raise PasswordRefused("密码里不要用自己的手机号，请换一个。")


def hash_password(password: str) -> str:
    """Argon2id, with its salt and cost in the text."""
    return _HASHER.hash(_normal(password))


def verify_password(stored: str, password: str) -> bool:
    """Whether the password is the one that was kept; a broken record is a no."""
    try:
        return _HASHER.verify(stored, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether it was kept with other costs than today's."""
    try:
        return _HASHER.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def _normal(password: str) -> str:
    """One phone's keyboard types full-width or composed characters where another does not."""
    return unicodedata.normalize("NFKC", password)


def _shows_phone(plain: str, phone: str) -> bool:
    if not phone:
        return False
    digits = "".join(character for character in plain if character.isdigit())
    return phone in digits or (plain.isdigit() and plain in phone)
