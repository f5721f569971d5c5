"""What one owner may learn of another."""


def masked_name(name: str) -> str:
    """张建国 → 张**: enough for a family to know who, too little for anybody else."""
    return f"{name[:1]}**"
