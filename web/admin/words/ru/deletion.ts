import type { deletionWords as english } from "../en/deletion.ts";

export const deletionWords: typeof english = {
  deletion: {
    type: "Чтобы подтвердить, введите {{expected}}",
    notTheSame: "Введено не то, что написано выше.",
    account: "Удалить мою учётную запись",
    accountLoss:
      "Учётная запись будет удалена сразу и навсегда: пароль, второй фактор, все сеансы и участие во всех рабочих пространствах. Написанное вами останется, но без имени — от бывшего сотрудника.",
    accountGone: "Ваша учётная запись удалена.",
  },
};
